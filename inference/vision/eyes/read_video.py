"""What the eyes say of a whole video: its kind, then what the watchers of that kind saw, as facts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.evidence.detectors import detector_named
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.lanes import COURSE_LANE, KIND_LANE
from inference.vision.cutting import SEGMENT_OFF, SEGMENT_ON, Probabilities, each_by_itself, one_at_a_time
from inference.vision.eyes.eyes import ROW_NAMES, STRANGENESS, Eyes
from inference.vision.eyes.phase_course import phase_course
from inference.vision.eyes.phase_reader import PhaseReader, read_phases
from inference.vision.eyes.repeats import repeated
from inference.vision.eyes.settings import EyesSettings
from inference.vision.eyes.video_kind import MIN_LIKELIEST_PROBABILITY, KindReading, read_kind
from inference.vision.outputs import BODY, EYES_GROUPS, EYES_NAMES, KIND, PHASE, columns_of
from inference.vision.smoothing import Values, keep_with_hysteresis, scales_smooth
from inference.vision.store import FeatureStore

REPEATED = "repeated"
# Where more of a recording than this was there before, it is a loop or a still: its order tells nothing.
MAX_REPEATED_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVideo:
    """`probabilities` : by output's name (T,), calibrated · `is_silent` : (T,), frames of which nothing is told ·
    `has_course` : whether the pictures follow one another as an operation's do · `repeated_share` : of the frames, how
    many were there before."""

    kind_reading: KindReading
    probabilities: Probabilities
    is_silent: NDArray[np.bool_]
    has_course: bool
    shown: tuple[str, ...]
    interval_s: float
    repeated_share: float = 0.0

    @property
    def kind(self) -> VideoKind:
        return self.kind_reading.kind

    def facts(self) -> Iterator[Fact]:
        """The kind over the whole video, then every watcher that speaks in this kind."""
        end_s = len(self.is_silent) * self.interval_s
        probability = round(self.kind_reading.probability, 4)
        yield Fact(lane=KIND_LANE, label=self.kind.value, start_s=0.0, end_s=end_s, probability=probability)
        if self.kind is VideoKind.UNKNOWN and self.kind_reading.likeliest_probability >= MIN_LIKELIEST_PROBABILITY:
            # What it looks most like; beside "unknown" no watcher takes it for the kind (`evidence.watched.kind_of`).
            likeliest = self.kind_reading.likeliest.value
            probability = round(self.kind_reading.likeliest_probability, 4)
            yield Fact(lane=KIND_LANE, label=likeliest, start_s=0.0, end_s=end_s, probability=probability)
        if not self.has_course and self.kind in detector_named(PHASE.name).kinds:
            # Why no phases are told where others of this kind have some.
            share = round(self.repeated_share, 4)
            yield Fact(lane=COURSE_LANE, label=REPEATED, start_s=0.0, end_s=end_s, probability=share)
        for group in EYES_GROUPS:
            detector = detector_named(group.name)
            if self.kind not in detector.kinds or (group is PHASE and not self.has_course):
                continue
            heard = self.probabilities if group is BODY else self._heard(detector.phases)
            cut = one_at_a_time if group.is_exclusive else each_by_itself
            yield from cut(group, detector.lane, heard, self.shown, self.interval_s)

    def _heard(self, phases: frozenset[str]) -> Probabilities:
        """Silent where nothing is told, and outside the `phases` that a watcher was taught in, if it names any."""
        silent = self.is_silent | self._is_outside(phases) if phases else self.is_silent
        return {name: np.where(silent, 0.0, column) for name, column in self.probabilities.items()}

    def _is_outside(self, phases: frozenset[str]) -> NDArray[np.bool_]:
        inside = np.sum([self.probabilities[f"{PHASE.name}/{phase}"] for phase in sorted(phases)], axis=0)
        return np.asarray((inside < SEGMENT_ON) | (not self.has_course))


def read_video(store: FeatureStore, eyes: Eyes) -> SeenVideo:
    """Raises FeaturesStale if the store holds nothing that these eyes said."""
    rows = eyes.stored_rows(store)
    timestamps_s = (np.arange(store.num_frames) * store.interval_s).astype(np.float64)
    kind_reading = kind_of_rows(rows, timestamps_s, eyes.settings)
    values = frame_probabilities(rows, timestamps_s, readers=eyes.readers, settings=eyes.settings)
    probabilities = dict(zip(EYES_NAMES, values.T, strict=True))
    outside = keep_with_hysteresis(probabilities["body/outside"], on=SEGMENT_ON, off=SEGMENT_OFF)
    repeated_share = float(repeated(store.frame_features(), timestamps_s).mean())
    return SeenVideo(
        kind_reading=kind_reading,
        probabilities=probabilities,
        is_silent=outside | kind_reading.is_strange,
        has_course=repeated_share <= MAX_REPEATED_SHARE,
        repeated_share=repeated_share,
        shown=eyes.settings.shown,
        interval_s=store.interval_s,
    )


def kind_of_rows(rows: Values, timestamps_s: Values, settings: EyesSettings) -> KindReading:
    """rows : (T, C), columns ROW_NAMES"""
    logits = rows[:, columns_of(KIND.name, ROW_NAMES)]
    return read_kind(logits, rows[:, ROW_NAMES.index(STRANGENESS)], timestamps_s, settings)


def frame_probabilities(
    rows: Values, timestamps_s: Values, *, readers: list[PhaseReader], settings: EyesSettings
) -> Values:
    """rows : (T, C), columns ROW_NAMES · timestamps rising · returns : (T, C), calibrated; columns EYES_NAMES."""
    probabilities = yes_no_probabilities(rows, timestamps_s, settings)
    columns = columns_of(PHASE.name, EYES_NAMES)
    probabilities[:, columns] = phase_probabilities(rows, timestamps_s, readers=readers, settings=settings)
    return probabilities


def yes_no_probabilities(rows: Values, timestamps_s: Values, settings: EyesSettings) -> Values:
    """The same but for the phases, which are NaN."""
    said = rows[:, : len(EYES_NAMES)]
    probabilities = np.full_like(said, np.nan)
    for group in EYES_GROUPS:
        if group is PHASE:
            continue
        columns = columns_of(group.name, EYES_NAMES)
        smoothed = scales_smooth(said[:, columns], timestamps_s, settings.smoothing_s[group.name])
        slope, offset = np.array([settings.platt[name] for name in group.output_names]).T
        probabilities[:, columns] = 1 / (1 + np.exp(-(slope * smoothed + offset)))
    return probabilities


def reader_input(rows: Values) -> Values:
    """rows : (T, C), columns ROW_NAMES · returns : (T, D): what the branch says, then how frames look."""
    return np.concatenate([rows[:, : len(EYES_NAMES)], rows[:, columns_of("look", ROW_NAMES)]], axis=1)


def phase_probabilities(
    rows: Values, timestamps_s: Values, *, readers: list[PhaseReader], settings: EyesSettings
) -> Values:
    """rows : (T, C), columns ROW_NAMES · returns : (T, 7), rows sum to 1."""
    read = read_phases(readers, reader_input(rows), timestamps_s)
    return phase_course(rows, read, timestamps_s, settings)
