"""How the outputs of the eyes become probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesSettings:
    """How outputs become probabilities; fitted on operations the eyes had not seen.

    `smoothing_s` : of each group, the narrowest width · `platt` : "group/label" -> (slope, offset) of each yes/no
    output · `phase_confidence`, `clip_confidence` : power of the phases' probabilities, of whole operations and of
    clips · `kind_temperature` : divides the kinds' logits ·
    `strange_from` : strangeness at which a frame is as likely strange as not, `strange_slope` : how steeply ·
    `shown` : outputs good enough to be shown · `trained_on` : the operations, by name.
    """

    smoothing_s: Mapping[str, float]
    platt: Mapping[str, tuple[float, float]]
    phase_confidence: float
    clip_confidence: float
    kind_temperature: float
    strange_from: float
    strange_slope: float
    shown: tuple[str, ...]
    trained_on: tuple[str, ...] = ()
