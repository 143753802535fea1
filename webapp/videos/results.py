"""What a worker found out about a content's file, written down. What was seen in its pictures is in timelines.py."""

from collections.abc import Sequence

from webapp.videos.models import Content


def content_set_metadata(
    content: Content,
    *,
    duration_s: float,
    fps: float,
    width_px: int,
    height_px: int,
    num_frames: int,
    codec: str,
    is_incomplete: bool = False,
    notes: Sequence[str] = (),
) -> None:
    content.duration_s, content.fps, content.codec = duration_s, fps, codec[:40]
    content.width_px, content.height_px, content.num_frames = width_px, height_px, num_frames
    content.is_incomplete, content.notes = is_incomplete, list(notes)
    content.save(
        update_fields=["duration_s", "fps", "codec", "width_px", "height_px", "num_frames", "is_incomplete", "notes"]
    )


def content_set_encoder(content: Content, *, encoder_id: str, is_text_covered: bool = False) -> None:
    """Who made the stored features, and whether of frames in which on-screen text was looked for and covered."""
    content.encoder_id, content.is_text_covered = encoder_id, is_text_covered
    content.save(update_fields=["encoder_id", "is_text_covered"])
