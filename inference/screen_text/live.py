"""The lines of text that are on the screen right now, and what became of those that were."""

from inference.media.keyframes import Grey
from inference.screen_text.box import Box
from inference.screen_text.found import TextLine
from inference.screen_text.patch import Sighting
from inference.screen_text.track import Track

SAME_PLACE = 0.4
MOSTLY = 0.8
# A recording that shows other words each second for hours stops adding to the list here.
MAX_LINES = 20_000


class LiveTracks:
    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._ended: list[TextLine] = []

    def carry(self, time_s: float, strokes: Grey) -> bool:
        """Looks for each in the next keyframe. Returns whether a line of text went or became another."""
        has_changed = False
        for track in list(self._tracks):
            sighting = track.carry(time_s, strokes)
            has_changed = has_changed or (track.is_text and sighting in {Sighting.CHANGED, Sighting.GONE})
            if sighting is Sighting.GONE or (not track.is_text and sighting is not Sighting.SAME):
                self.end(track)
        return has_changed

    def at(self, box: Box, *, taken: set[Track]) -> Track | None:
        near = [(track.box.likeness(box), number) for number, track in enumerate(self._tracks) if track not in taken]
        likeness, number = max(near, default=(0.0, -1))
        return self._tracks[number] if likeness >= SAME_PLACE else None

    def has_around(self, box: Box) -> bool:
        """Whether the box is a piece of a line that is known and stands there for sure."""
        known = [track for track in self._tracks if track.is_text and not track.doubtful_s]
        return any(box.share_inside(track.box) >= MOSTLY for track in known)

    def add(self, track: Track) -> None:
        self._tracks.append(track)

    def end(self, track: Track) -> None:
        self._tracks.remove(track)
        if track.is_text and len(self._ended) < MAX_LINES:
            self._ended.append(track.line())

    def end_swallowed(self, by: Track, *, taken: set[Track]) -> None:
        """Pieces of a line that was now found whole."""
        for track in [one for one in self._tracks if one is not by and one not in taken]:
            if track.box.share_inside(by.box) >= MOSTLY:
                self.end(track)

    def end_doubtful(self, *, taken: set[Track]) -> None:
        """What only might have been there, and was not found by the reader, ended when it was last seen for sure."""
        for track in [one for one in self._tracks if one.doubtful_s and one not in taken]:
            self.end(track)

    def end_all(self) -> list[TextLine]:
        """Every line there ever was, by time, then from the top left."""
        for track in list(self._tracks):
            self.end(track)
        return sorted(self._ended, key=lambda line: (line.start_s, line.places[0].box.top, line.places[0].box.left))
