"""Lines of on-screen text as segments of the timeline: what belongs together becomes one, however often it changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inference.evidence.fact import Fact
from inference.screen_text.cleaning import are_alike, digits_of
from inference.screen_text.found import Reading, ScreenText, TextLine
from inference.screen_text.schedule import READ_EVERY_S

LANE = "text"
# A line that was lost for a reading or two is still the same line.
GAP_S = 2 * READ_EVERY_S
SAME_PLACE = 0.3
# Two readings of one still line differ by less: a changed number is believed only from good readings.
SURE = 0.8
CHANGES = " (changes)"
MAX_SEGMENTS = 400
MAX_RECENT_GROUPS = 200


@dataclass(eq=False)
class _Group:
    lines: list[TextLine] = field(default_factory=list)

    @property
    def end_s(self) -> float:
        return max(line.end_s for line in self.lines)

    @property
    def readings(self) -> list[Reading]:
        return [reading for line in self.lines for reading in line.readings]

    def goes_on_with(self, line: TextLine) -> bool:
        last = self.lines[-1]
        if not -READ_EVERY_S <= line.start_s - self.end_s <= GAP_S:
            return False
        said, says = last.readings[-1].text, line.readings[0].text
        is_same_place = last.places[-1].box.likeness(line.places[0].box) >= SAME_PLACE
        return said == says if not is_same_place else are_alike(said, says)


def text_segments(text: ScreenText, *, duration_s: float, keyframe_interval_s: float = 2.0) -> list[Fact]:
    """By time. A segment lasts to the first keyframe without its line. Of too many, the longest are kept."""
    made = [_segment(group, duration_s, keyframe_interval_s) for group in _groups(text.lines)]
    longest = sorted(made, key=lambda segment: segment.start_s - segment.end_s)[:MAX_SEGMENTS]
    return sorted(longest, key=lambda segment: (segment.start_s, segment.label))


def _groups(lines: Sequence[TextLine]) -> list[_Group]:
    """`lines` in order of time."""
    groups: list[_Group] = []
    for line in lines:
        recent = reversed(groups[-MAX_RECENT_GROUPS:])
        group = next((group for group in recent if group.goes_on_with(line)), None)
        if group is None:
            group = _Group()
            groups.append(group)
        group.lines.append(line)
    return groups


def _segment(group: _Group, duration_s: float, keyframe_interval_s: float) -> Fact:
    readings = group.readings
    return Fact(
        lane=LANE,
        label=_label(readings),
        start_s=min(line.start_s for line in group.lines),
        end_s=min(duration_s, group.end_s + keyframe_interval_s),
        probability=round(sum(reading.confidence for reading in readings) / len(readings), 4),
    )


def _label(readings: Sequence[Reading]) -> str:
    """The surest reading of a line that stays; the first of one whose numbers run, which is then said."""
    numbers = {digits_of(reading.text) for reading in readings if reading.confidence >= SURE}
    if len(numbers) > 1:
        return readings[0].text + CHANGES
    return max(readings, key=lambda reading: reading.confidence).text
