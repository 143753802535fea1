"""A scorer made from a few references of a site's own choosing: nearest prototype, calibrated, with reasons.

Adapting is a mean of embeddings: milliseconds, the same each time, no training. A score depends on the video and the
references alone, never on other videos that are scored.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from inference.avbanet.calibrate import MIN_SHARE, expected_trust, shares
from inference.avbanet.explain import evidence, margins, nearest_moments, windows
from inference.avbanet.factors import Measured, compared, measure
from inference.avbanet.heads import Head
from inference.avbanet.levels import levels_found, levels_ordered
from inference.avbanet.model import Read, SkillModel
from inference.avbanet.reference import LEVELS, Reference, SkillSequence
from inference.avbanet.score import Factor, Shares, SkillRefused, SkillScore, abstention
from inference.avbanet.suitable import require_query, require_references, require_suitable

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReference:
    """A reference as a scorer keeps it. embedding : (E,) · row : (D,) · windows : (W, E) · times_s : (T,)"""

    reference: Reference
    embedding: Values
    row: Values
    windows: Values
    measured: Measured


@dataclass(frozen=True, slots=True)
class Judged:
    """Of one embedding: logits : (K,), without and with duration, divided by the temperature"""

    logits: Values
    with_duration: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """`levels` : lowest first. Made by `adapt`, kept by `scorer_file`."""

    model: SkillModel
    levels: tuple[str, ...]
    references: tuple[ReadReference, ...]

    def score(
        self, sequence: SkillSequence, *, procedure: str | None = None, withdrawn: Collection[str] = frozenset()
    ) -> SkillScore:
        """Never raises for a video that cannot be scored: the score is then an abstention with code and reason.

        procedure : what the video shows, where it is known · withdrawn : keys of references taken back meanwhile
        """
        try:
            require_suitable(sequence, named="The video", features=self.model.features)
            require_query(
                sequence,
                procedure=procedure,
                withdrawn=withdrawn,
                keys=[one.reference.key for one in self.references],
                of_references=[(one.reference.procedure, one.reference.sequence.kind) for one in self.references],
                contents=[one.reference.sequence.content for one in self.references],
            )
        except SkillRefused as refused:
            return abstention(refused.code, refused.sentence)
        read = self.model.read(sequence)
        if self._is_far(read):
            return abstention("too_far", "The video is unlike all references: nothing can be said by comparison.")
        return self._told(sequence, read)

    def judge(self, read: Read, duration_s: float, references: Sequence[ReadReference] | None = None) -> Judged:
        """(K,) logits; `references` : others than all, with at least one of each level."""
        chosen = self.references if references is None else references
        logits = self._head(chosen)(torch.from_numpy(read.embedding)).numpy() / self.model.calibration.temperature
        return Judged(logits, logits + self._duration_logits(duration_s, chosen))

    def _told(self, sequence: SkillSequence, read: Read) -> SkillScore:
        judged = self.judge(read, sequence.duration_s)
        probabilities = shares(judged.with_duration)
        first, second = (int(one) for one in np.argsort(-judged.with_duration, kind="stable")[:2])
        temperature = self.model.calibration.temperature
        of_second = margins(read, self._head(self.references), first, second, temperature=temperature)
        of_duration = judged.with_duration - judged.logits
        is_unsure = bool(probabilities[first] < MIN_SHARE)
        reason = "No level stands out: the video lies between the references." if is_unsure else None
        return SkillScore(
            probabilities=self._named(probabilities),
            without_duration=self._named(shares(judged.logits)),
            level=None if is_unsure else self.levels[first],
            abstained=is_unsure,
            reason=reason,
            code="unsure" if is_unsure else None,
            bias=float(of_duration[first] - of_duration[second]),
            evidence=evidence(sequence.times_s, of_second),
            factors=self._factors(sequence, read),
            moments=nearest_moments(read, of_second, sequence.times_s, self._of_level(self.levels[first])),
            swaps=self._swaps(read, sequence.duration_s),
            trust=expected_trust(probabilities),
        )

    def _head(self, references: Sequence[ReadReference]) -> Head:
        return self.model.head(
            [np.stack([one.embedding for one in references if one.reference.level == level]) for level in self.levels]
        )

    def _duration_logits(self, duration_s: float, references: Sequence[ReadReference]) -> Values:
        """Nearer in the logarithm of length is likelier; the same prototype rule on one number."""
        typical = [
            np.mean([np.log(one.reference.sequence.duration_s) for one in references if one.reference.level == level])
            for level in self.levels
        ]
        return np.asarray(-self.model.calibration.duration_weight * (np.log(duration_s) - np.array(typical)) ** 2)

    def _is_far(self, read: Read) -> bool:
        """Further from every reference than videos of one task are, and than these references are from each other: in
        a scene that varies more than any that calibrated, being unlike is usual."""
        calibration = self.model.calibration
        own = [_nearest(one, [other for other in self.references if other is not one]) for one in self.references]
        far_embedding, far_rows = np.max([(calibration.far_embedding, calibration.far_rows), *own], axis=0)
        embedding, rows = _nearest(read, self.references)
        return bool(embedding > far_embedding or rows > far_rows)

    def _factors(self, sequence: SkillSequence, read: Read) -> tuple[Factor, ...]:
        pairs = [(one.reference, one.measured) for one in self.references]
        return compared(measured_of(sequence, read, self.model), pairs, self.levels)

    def _of_level(self, level: str) -> list[tuple[str, Values, Values]]:
        return [
            (one.reference.key, one.windows, one.reference.sequence.times_s)
            for one in self.references
            if one.reference.level == level
        ]

    def _swaps(self, read: Read, duration_s: float) -> dict[str, Shares]:
        """Without each reference in turn; the only one of its level cannot be left out."""
        found = {}
        for left_out in self.references:
            rest = [one for one in self.references if one is not left_out]
            if any(one.reference.level == left_out.reference.level for one in rest):
                judged = self.judge(read, duration_s, rest)
                found[left_out.reference.key] = self._named(shares(judged.with_duration))
        return found

    def _named(self, values: Values) -> Shares:
        return {level: float(value) for level, value in zip(self.levels, values, strict=True)}


def adapt(references: Sequence[Reference], model: SkillModel, *, levels: Sequence[str] | None = LEVELS) -> Scorer:
    """`levels` : lowest first, each with at least one reference; None: whatever the references name, in the order that
    the names say, or else in that of their videos. Raises SkillRefused for what must not be a scorer."""
    named = [reference.level for reference in references]
    require_references(references, levels_found(named) if levels is None else levels, features=model.features)
    reads = model.read_all([reference.sequence for reference in references])
    if levels is None:
        levels = levels_ordered(named) or _levels_by_axis(named, reads)
    kept = [
        ReadReference(
            reference=reference,
            embedding=read.embedding,
            row=read.row,
            windows=windows(read),
            measured=measured_of(reference.sequence, read, model),
        )
        for reference, read in zip(references, reads, strict=True)
    ]
    return Scorer(model=model, levels=tuple(levels), references=tuple(kept))


def _levels_by_axis(named: Sequence[str], reads: Sequence[Read]) -> tuple[str, ...]:
    """Along the direction of growing skill: the same whatever order the references come in."""

    def place(level: str) -> float:
        return float(np.mean([read.embedding[0] for name, read in zip(named, reads, strict=True) if name == level]))

    return tuple(sorted(sorted(set(named)), key=place))


def measured_of(sequence: SkillSequence, read: Read, model: SkillModel) -> Measured:
    suspected = (read.mistakes > model.calibration.mistake_from) & sequence.usable
    starts = int((suspected & ~np.concatenate([[False], suspected[:-1]])).sum())
    minutes = max(float(sequence.usable.sum()), 1.0) / 60
    return measure(sequence, events_per_min=starts / minutes)


def _nearest(video: Read | ReadReference, references: Sequence[ReadReference]) -> tuple[float, float]:
    """Distances to the nearest reference, of embeddings and of rows."""
    return (
        min(float(np.linalg.norm(video.embedding - one.embedding)) for one in references),
        min(row_distance(video.row, one.row) for one in references),
    )


def row_distance(one: Values, other: Values) -> float:
    """Root mean square over the columns, in deviations of the training videos."""
    return float(np.sqrt(np.mean((one - other) ** 2)))
