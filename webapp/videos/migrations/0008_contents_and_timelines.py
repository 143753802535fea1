import uuid
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

REFUSAL = "a timeline is never edited: add a revision"
TABLES = ("videos_timeline", "videos_timelinefact")
# A later migration that rebuilds one of the tables on SQLite (AlterField, AddField with a default) drops its trigger
# and has to make it again.
SQLITE = """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
POSTGRES_REFUSE = """CREATE FUNCTION videos_timeline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{refusal}'; END $$"""
POSTGRES = """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION videos_timeline_refuse()"""


def refuse_updates(_apps: Any, schema_editor: Any) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute(POSTGRES_REFUSE.format(refusal=REFUSAL))
        for table in TABLES:
            cursor.execute((SQLITE if is_sqlite else POSTGRES).format(table=table, refusal=REFUSAL))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("videos", "0007_video_notes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Content",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                ("duration_s", models.FloatField(blank=True, null=True)),
                ("fps", models.FloatField(blank=True, null=True)),
                ("width_px", models.PositiveIntegerField(blank=True, null=True)),
                ("height_px", models.PositiveIntegerField(blank=True, null=True)),
                ("num_frames", models.PositiveIntegerField(blank=True, null=True)),
                ("codec", models.CharField(blank=True, max_length=40)),
                ("is_incomplete", models.BooleanField(default=False)),
                ("notes", models.JSONField(blank=True, default=list)),
                ("encoder_id", models.CharField(blank=True, max_length=120)),
                ("is_text_covered", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("prepared_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contents", to="accounts.hospital"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("hospital", "sha256"), name="one_content_per_hospital_and_sha256")
                ],
            },
        ),
        migrations.CreateModel(
            name="Timeline",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("made_by", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="timelines", to="videos.content"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("content", "number"), name="timeline_number_once_per_content")
                ],
            },
        ),
        migrations.CreateModel(
            name="TimelineFact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("phase", "Phase"),
                            ("instrument", "Instruments"),
                            ("verb", "Actions"),
                            ("target", "Anatomy"),
                            ("body", "Inside the body"),
                            ("text", "On-screen text"),
                        ],
                        max_length=20,
                    ),
                ),
                ("label", models.CharField(max_length=200)),
                ("start_s", models.FloatField()),
                ("end_s", models.FloatField()),
                ("probability", models.FloatField()),
                (
                    "timeline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="facts", to="videos.timeline"
                    ),
                ),
            ],
            options={
                "ordering": ["lane", "start_s"],
                "indexes": [models.Index(fields=["timeline", "lane", "start_s"], name="fact_window")],
            },
        ),
        migrations.AddField(
            model_name="video",
            name="content",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="videos",
                to="videos.content",
            ),
        ),
        migrations.RunPython(refuse_updates, elidable=False),
    ]
