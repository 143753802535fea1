"""One line of text, followed from keyframe to keyframe between two readings."""

from dataclasses import dataclass, field

from inference.media.keyframes import Grey
from inference.screen_text.box import Box
from inference.screen_text.cleaning import are_alike, digits_of
from inference.screen_text.found import Place, Reading, TextLine, rounded
from inference.screen_text.patch import UNCHANGED, Patch, Sighting

# A line that changes each second is not worth a reading each time.
MOST_READINGS_SKIPPED = 4


@dataclass(eq=False)
class Track:
    """Without a reading it is something that looks like text and could not be read: remembered, so as not to try again.

    `doubtful_s`: keyframes in which other strokes stood there; they count once a reading has found text there again.
    """

    box: Box
    patch: Patch
    places: list[Place]
    readings: list[Reading] = field(default_factory=list)
    doubtful_s: list[float] = field(default_factory=list)
    has_changed: bool = False
    num_skipped: int = 0

    @classmethod
    def start(cls, time_s: float, box: Box, strokes: Grey) -> "Track":
        return cls(rounded(box), Patch.cut(strokes, box), [Place(time_s, time_s, rounded(box))])

    @property
    def is_text(self) -> bool:
        return bool(self.readings)

    def carry(self, time_s: float, strokes: Grey) -> Sighting:
        """Looks for the line in the next keyframe and notes where it stands."""
        sighting, right, down = self.patch.look_in(strokes)
        if sighting is Sighting.MOVED:
            self.box = rounded(self.box.moved(right, down))
            self.patch = Patch.cut(strokes, self.box)
        if sighting in {Sighting.SAME, Sighting.MOVED}:
            self._believe_doubtful()
            self._note(time_s)
        elif sighting is Sighting.CHANGED:
            self.doubtful_s.append(time_s)
        return sighting

    def date_back(self, earlier: list[tuple[float, Grey]]) -> None:
        """The line stood there before it was read. `earlier` : keyframes since the last reading, in order of time."""
        for time_s, strokes in reversed(earlier):
            if self.patch.look_in(strokes)[0] is not Sighting.SAME:
                return
            self.places[0] = Place(time_s, self.places[0].end_s, self.places[0].box)

    def wants_reading(self, box: Box, strokes: Grey) -> bool:
        """Whether a line that was found again, in `box`, should be read again."""
        self.has_changed = self.has_changed or self.patch.likeness(strokes) < UNCHANGED
        is_patient = self.num_skipped < min(len(self.readings) - 1, MOST_READINGS_SKIPPED)
        # One digit of a long line hardly shows in its strokes.
        may_have_changed = self.has_changed or any(digits_of(reading.text) for reading in self.readings[-1:])
        return box.sticks_out_of(self.box) or (may_have_changed and not is_patient)

    def seen_again(self, time_s: float, box: Box, strokes: Grey) -> None:
        """A reader found text here. A pixel's difference leaves the box as it was: it would only make places many."""
        self._believe_doubtful()
        if box.sticks_out_of(self.box):
            self.box, self.has_changed = rounded(box), True
        self._note(time_s)
        self.num_skipped += 1
        if self.has_changed:
            self.patch = Patch.cut(strokes, self.box)

    def read_again(self, reading: Reading) -> None:
        self.readings.append(reading)
        self.has_changed = False
        self.num_skipped = 0

    def says(self, text: str) -> bool:
        return any(are_alike(text, reading.text) for reading in self.readings[-2:])

    def line(self) -> TextLine:
        return TextLine(tuple(self.places), tuple(self.readings))

    def _believe_doubtful(self) -> None:
        for time_s in self.doubtful_s:
            self._note(time_s)
        self.doubtful_s.clear()

    def _note(self, time_s: float) -> None:
        last = self.places[-1]
        if last.box == self.box:
            self.places[-1] = Place(last.start_s, max(last.end_s, time_s), self.box)
        else:
            self.places.append(Place(time_s, time_s, self.box))
