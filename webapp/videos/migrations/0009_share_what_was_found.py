"""What stood on each video of a content moves to the content, once; each timeline that differs becomes a revision."""

from typing import Any

from django.db import migrations

METADATA = (
    "size_bytes",
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
SEEN = ("lane", "label", "start_s", "end_s", "probability")


def share(apps: Any, _schema_editor: Any) -> None:
    videos = apps.get_model("videos", "Video").objects
    keys = list(videos.order_by().values_list("hospital_id", "sha256").distinct())
    for hospital_id, sha256 in keys:
        alike = videos.filter(hospital_id=hospital_id, sha256=sha256)
        rows = list(alike.order_by("created_at"))
        content = _content(apps, hospital_id, sha256, rows)
        alike.update(content=content)
        _revisions(apps, content, rows)


def _content(apps: Any, hospital_id: Any, sha256: str, rows: list[Any]) -> Any:
    ready = [row.ready_at or row.created_at for row in rows if row.status == "ready"]
    return apps.get_model("videos", "Content").objects.create(
        hospital_id=hospital_id,
        sha256=sha256,
        created_at=rows[0].created_at,
        prepared_at=min(ready, default=None),
        **{name: getattr(_most_known(rows), name) for name in METADATA},
    )


def _most_known(rows: list[Any]) -> Any:
    """The oldest ready one: that is what was brought up to date where the others were missed."""
    return max(rows, key=lambda row: (row.status == "ready", row.duration_s is not None, -row.created_at.timestamp()))


def _revisions(apps: Any, content: Any, rows: list[Any]) -> None:
    """The most known video's timeline is the newest. Only its encoder is known of the models that made it."""
    best = _most_known(rows)
    others = [row for row in rows if row is not best]
    known: set[frozenset[Any]] = set()
    kept = []
    for row in (best, *others):
        facts = list(row.segments.values_list(*SEEN))
        if frozenset(facts) in known or (not facts and row.status != "ready"):
            continue
        known.add(frozenset(facts))
        kept.append((row, facts))
    for number, (row, facts) in enumerate(reversed(kept), start=1):
        _revision(apps, content, row, number, facts)


def _revision(apps: Any, content: Any, row: Any, number: int, facts: list[Any]) -> None:
    timeline = apps.get_model("videos", "Timeline").objects.create(
        content=content, number=number, made_by={"encoder": row.encoder_id}, created_at=row.ready_at or row.created_at
    )
    fact_of = apps.get_model("videos", "TimelineFact")
    fact_of.objects.bulk_create(
        [fact_of(timeline=timeline, **dict(zip(SEEN, fact, strict=True))) for fact in facts], batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("videos", "0008_contents_and_timelines")]
    operations = [migrations.RunPython(share)]
