import django.db.models.deletion
from django.db import migrations, models

MOVED = (
    "size_bytes",
    "sha256",
    "duration_s",
    "fps",
    "width_px",
    "height_px",
    "num_frames",
    "codec",
    "is_incomplete",
    "notes",
    "encoder_id",
    "is_text_covered",
)


class Migration(migrations.Migration):
    dependencies = [("videos", "0009_share_what_was_found")]

    operations = [
        migrations.RemoveConstraint(model_name="video", name="one_video_per_hospital_owner_and_content"),
        migrations.RemoveIndex(model_name="video", name="video_content"),
        *(migrations.RemoveField(model_name="video", name=name) for name in MOVED),
        migrations.AlterField(
            model_name="video",
            name="content",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="videos", to="videos.content"
            ),
        ),
        migrations.AddConstraint(
            model_name="video",
            constraint=models.UniqueConstraint(fields=("content", "owner"), name="one_video_per_owner_and_content"),
        ),
        migrations.DeleteModel(name="TimelineSegment"),
    ]
