import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0002_branches_and_request_keys"),
        ("videos", "0010_videos_are_about_contents"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="timeline",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="videos.timeline",
            ),
        ),
        migrations.RenameField(model_name="claim", old_name="facts", new_name="copied_facts"),
        migrations.CreateModel(
            name="ClaimFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.claim"
                    ),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="videos.timelinefact"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("claim", "fact"), name="fact_cited_once_per_claim")],
            },
        ),
        migrations.AddField(
            model_name="claim",
            name="facts",
            field=models.ManyToManyField(
                related_name="claims", through="conversations.ClaimFact", to="videos.timelinefact"
            ),
        ),
    ]
