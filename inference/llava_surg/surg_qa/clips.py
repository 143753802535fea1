"""Speech to clips: neighbours are joined, the short and the badly heard are dropped, the rest is padded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inference.llava_surg.surg_qa.segment import Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOptions:
    """Section 2.2 of the Surg-QA notes: joined while the gap and the clip are short enough."""

    max_gap_s: float = 1.0
    max_clip_s: float = 30.0
    min_clip_s: float = 3.0
    min_score: float = 0.5
    pad_s: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.min_clip_s < self.max_clip_s or self.max_gap_s < 0 or self.pad_s < 0:
            raise ValueError("clip lengths must be positive and in order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """`start_s` and `end_s` include the padding; the id names whole seconds of the speech itself."""

    clip_id: str
    video_id: str
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipList:
    clips: tuple[Clip, ...]
    rejected: Counter[str]


def make_clips(
    segments: Sequence[Segment], *, video_id: str, duration_s: float, options: ClipOptions | None = None
) -> ClipList:
    """Clips in order of time, and how many groups of speech were dropped, by reason."""
    options = options or ClipOptions()
    clips: dict[str, Clip] = {}
    rejected: Counter[str] = Counter()
    for group in _joined(segments, options):
        reason = _reason_against(group, options, duration_s)
        if reason:
            rejected[reason] += 1
            continue
        clip = _clip(group, video_id=video_id, duration_s=duration_s, options=options)
        if clip.clip_id in clips:
            rejected["same_seconds"] += 1
        clips.setdefault(clip.clip_id, clip)
    return ClipList(clips=tuple(clips.values()), rejected=rejected)


def _joined(segments: Sequence[Segment], options: ClipOptions) -> list[list[Segment]]:
    groups: list[list[Segment]] = []
    for segment in segments:
        last = groups[-1] if groups else None
        if last and _fits(segment, last, options):
            last.append(segment)
        else:
            groups.append([segment])
    return groups


def _fits(segment: Segment, group: list[Segment], options: ClipOptions) -> bool:
    end_s = max(part.end_s for part in group)
    is_near = segment.start_s - end_s < options.max_gap_s
    return is_near and max(segment.end_s, end_s) - group[0].start_s < options.max_clip_s


def _reason_against(group: list[Segment], options: ClipOptions, duration_s: float) -> str:
    start_s, end_s = group[0].start_s, max(segment.end_s for segment in group)
    if start_s >= duration_s:
        return "after_the_video"
    if min(end_s, duration_s) - start_s < options.min_clip_s:
        return "too_short"
    if end_s - start_s > 2 * options.max_clip_s:
        return "too_long"
    scores = [segment.score for segment in group if segment.score is not None]
    if scores and sum(scores) / len(scores) < options.min_score:
        return "badly_heard"
    return ""


def _clip(group: list[Segment], *, video_id: str, duration_s: float, options: ClipOptions) -> Clip:
    start_s, end_s = group[0].start_s, min(duration_s, max(segment.end_s for segment in group))
    return Clip(
        clip_id=f"{video_id}/{round(start_s)}_{round(end_s)}",
        video_id=video_id,
        start_s=round(max(0.0, start_s - options.pad_s), 3),
        end_s=round(min(duration_s, end_s + options.pad_s), 3),
        text=" ".join(segment.text for segment in group),
    )
