from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0003_video_is_incomplete"),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="is_text_covered",
            field=models.BooleanField(default=False),
        ),
    ]
