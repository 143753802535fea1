"""Reads a video's on-screen text: a few keyframes by the reader, the others by following what it found."""

from pathlib import Path

from inference.errors import Stopped
from inference.media.frames import Frame
from inference.media.keyframes import Grey, Keyframe, read_keyframes
from inference.progress import Progress, ProgressCallback, StopCheck, ignore_progress, never_stop
from inference.screen_text.box import Box
from inference.screen_text.cleaning import cleaned
from inference.screen_text.edges import Cells, has_new_words, still_cells, strokes, working_copy
from inference.screen_text.found import Reading, ScreenText
from inference.screen_text.live import LiveTracks
from inference.screen_text.reader import Quad, TextReader, Words, box_of
from inference.screen_text.schedule import ReadingSchedule
from inference.screen_text.track import Track

# Highlights and fibres that pass for text are read with less: docs/decisions/0009-on-screen-text.md.
MIN_CONFIDENCE = 0.6
# More lines than a screen full of menus; the largest are kept.
MAX_LINES_PER_PICTURE = 80


def find_screen_text(
    proxy: Path,
    reader: TextReader,
    on_progress: ProgressCallback = ignore_progress,
    should_stop: StopCheck = never_stop,
    *,
    num_keyframes: int = 0,
) -> ScreenText:
    """Progress counts keyframes. Raises Stopped between two of them, MediaFailed if the proxy can not be read."""
    finder = TextFinder(reader)
    for number, keyframe in enumerate(read_keyframes(proxy), start=1):
        if should_stop():
            raise Stopped("reading on-screen text was stopped")
        finder.look(keyframe)
        on_progress(Progress(done=number, total=max(num_keyframes, number), unit="frames"))
    return finder.finish()


class TextFinder:
    """Takes keyframes in order of time. Holds the strokes of those since the last reading, seven or so."""

    def __init__(self, reader: TextReader) -> None:
        self._reader = reader
        self._schedule = ReadingSchedule()
        self._live = LiveTracks()
        self._recent: list[tuple[float, Grey]] = []
        self._before: Grey | None = None
        self._known: Cells | None = None

    def look(self, keyframe: Keyframe) -> None:
        time_s, grey = keyframe.timestamp_s, working_copy(keyframe.grey())
        lines = strokes(grey)
        has_gone = self._live.carry(time_s, lines)
        has_come = self._has_new_words(grey, lines)
        if self._schedule.is_due(time_s, has_changed=has_gone or has_come):
            self._read(time_s, keyframe.rgb(), lines)
        else:
            self._recent.append((time_s, lines))
        self._before = grey

    def finish(self) -> ScreenText:
        return ScreenText(self._reader.reader_id, tuple(self._live.end_all()))

    def _has_new_words(self, grey: Grey, lines: Grey) -> bool:
        if self._before is None or self._before.shape != grey.shape:
            return False
        cells = still_cells(self._before, grey, lines)
        if self._known is None:
            # What stands still since the picture that was read has been read.
            self._known = cells
        return has_new_words(self._known, cells)

    def _read(self, time_s: float, picture: Frame, lines: Grey) -> None:
        taken: set[Track] = set()
        unread: list[tuple[Quad, Box, Track | None]] = []
        for quad, box in self._found_in(picture):
            track = self._live.at(box, taken=taken)
            if track is None and self._live.has_around(box):
                continue
            if track is not None:
                taken.add(track)
            if track is None or track.wants_reading(box, lines):
                unread.append((quad, box, track))
            else:
                track.seen_again(time_s, box, lines)
        said = self._reader.read(picture, [quad for quad, _, _ in unread])
        news = [
            self._learn(time_s, box, track, words, lines, taken)
            for (_, box, track), words in zip(unread, said, strict=True)
        ]
        self._live.end_doubtful(taken=taken)
        self._schedule.was_read(time_s, has_news=any(news))
        self._recent.clear()
        self._known = None

    def _found_in(self, picture: Frame) -> list[tuple[Quad, Box]]:
        height_px, width_px = picture.shape[:2]
        quads = self._reader.find(picture)
        spots = [(quad, box_of(quad, width_px=width_px, height_px=height_px)) for quad in quads]
        return sorted(spots, key=lambda spot: -spot[1].area)[:MAX_LINES_PER_PICTURE]

    def _learn(self, time_s: float, box: Box, track: Track | None, said: Words, lines: Grey, taken: set[Track]) -> bool:
        """Whether something is on the screen that was not there before."""
        reading = _reading(time_s, said)
        if track is not None and track.is_text and (reading is None or track.says(reading.text)):
            track.seen_again(time_s, box, lines)
            if reading is not None:
                track.read_again(reading)
            return False
        if track is not None:
            self._live.end(track)
        fresh = Track.start(time_s, box, lines)
        self._live.add(fresh)
        taken.add(fresh)
        if reading is None:
            return False
        fresh.readings.append(reading)
        fresh.date_back(self._recent)
        self._live.end_swallowed(fresh, taken=taken)
        return True


def _reading(time_s: float, said: Words) -> Reading | None:
    """None for what could not be read well enough to be text at all."""
    text = cleaned(said.text) if said.confidence >= MIN_CONFIDENCE else ""
    return Reading(time_s, text, round(said.confidence, 4)) if text else None
