"""What a scorer says of one video, as values that survive JSON; and why it may say nothing.

No torch here: pages, reports and exports read scores without the model.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from inference.errors import InferenceError

Code = Literal[
    "too_short",
    "no_reference_for_level",
    "other_procedure",
    "other_kind",
    "same_content",
    "frozen",
    "out_of_body",
    "unreadable",
    "other_encoder",
    "withdrawn",
    "too_far",
    "unsure",
]
CODES: tuple[Code, ...] = get_args(Code)
FORMAT = "debrief.skill.score/1"

Shares = Mapping[str, float]


class SkillRefused(InferenceError):
    """No scorer, or no score: `code` names the reason, `sentence` says it to a surgeon."""

    permanent = True

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code: Code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One thing that can be measured of a performance, beside what the references show.

    `value` : of this video, in `unit` · `by_level` : the mean of each level's references, in the same unit.
    """

    name: str
    value: float
    unit: str
    by_level: Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one stretch adds to the margin of the winning level over the next, in logits.

    All margins and the score's `bias` sum to the whole margin exactly.
    """

    start_s: float
    end_s: float
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestMoment:
    """A moment of the video and the moment of a reference that is nearest to it in the scorer's own space."""

    start_s: float
    end_s: float
    reference: str
    reference_start_s: float
    reference_end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillScore:
    """`probabilities` : per level, in the caller's order, summing to 1; empty when the scorer says nothing at all.

    without_duration : the same with the video's length hidden · level : the winner, None when abstained
    reason, code : why it abstained · bias : what of the margin belongs to no second (length, prior)
    swaps : key of a reference -> the probabilities without it · trust : net trust score in [0, 1]
    """

    probabilities: Shares
    without_duration: Shares
    level: str | None
    abstained: bool
    reason: str | None
    code: Code | None
    bias: float
    evidence: tuple[Evidence, ...] = ()
    factors: tuple[Factor, ...] = ()
    moments: tuple[NearestMoment, ...] = ()
    swaps: Mapping[str, Shares] = field(default_factory=dict)
    trust: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "SkillScore":
        """Raises ValueError for what is no score of this format."""
        if fields.get("format") != FORMAT:
            raise ValueError(f"not a skill score: format {fields.get('format')!r}")
        code = fields["code"]
        if code is not None and code not in CODES:
            raise ValueError(f"no reason to say nothing is called {code!r}")
        return cls(
            probabilities=dict(fields["probabilities"]),
            without_duration=dict(fields["without_duration"]),
            level=fields["level"],
            abstained=bool(fields["abstained"]),
            reason=fields["reason"],
            code=code,
            bias=float(fields["bias"]),
            evidence=tuple(Evidence(**item) for item in fields["evidence"]),
            factors=tuple(Factor(**item) for item in fields["factors"]),
            moments=tuple(NearestMoment(**item) for item in fields["moments"]),
            swaps={key: dict(shares) for key, shares in fields["swaps"].items()},
            trust=float(fields["trust"]),
        )


def abstention(code: Code, reason: str) -> SkillScore:
    """Nothing is said of the video, and why."""
    return SkillScore(
        probabilities={}, without_duration={}, level=None, abstained=True, reason=reason, code=code, bias=0.0
    )
