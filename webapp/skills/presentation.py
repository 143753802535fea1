"""A report in words and places on an axis: what the page, the PDF and the API show of it. No writes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from webapp.lib.display import clock
from webapp.lib.labels import label_words
from webapp.skills.items import level_set
from webapp.skills.models import ReportReference, SignedRevision, SkillReport
from webapp.skills.raters import BAND_SHARE, ICC, SOURCE
from webapp.skills.scores import CODE_WORDS

# Pixels of a drawn axis; its marks are placed inside by share of the scale.
AXIS_PX, AXIS_PAD_PX = 240, 12
# More references of one level than this are counted in the sentence, and named below it.
MAX_NAMED = 3
FACTOR_WORDS = {
    "duration": "Duration",
    "path": "Path of movement",
    "idle": "Idle time",
    "smoothness": "Smoothness",
    "balance": "Balance of both hands",
    "bimanual_balance": "Balance of both hands",
    "events": "Events such as drops",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelShare:
    """`without_duration` : the same share with the video's length hidden. Shares in 0..1."""

    level: str
    share: float
    without_duration: float | None
    is_likely: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    words: str
    value: float
    unit: str
    by_level: list[tuple[str, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRow:
    """Without this reference the shares would be `shares`; `moved` is the largest change of one."""

    reference: ReportReference
    shares: list[tuple[str, float]]
    moved: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentRow:
    start_s: float
    end_s: float
    reference: ReportReference
    reference_start_s: float
    reference_end_s: float

    @property
    def words(self) -> str:
        own = f"{clock(self.start_s)}–{clock(self.end_s)}"
        other = f"{clock(self.reference_start_s)}–{clock(self.reference_end_s)}"
        return f"{own} is nearest to {other} of {self.reference.short_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item on its axis: the estimate with its interval, and what was signed. `key` is empty for the whole.

    `band_share` : of the scale, to either side, where other raters' scores would lie.
    """

    key: str
    name: str
    expected: float | None
    low: float | None
    high: float | None
    reason: str
    signed: float | None
    score_min: int
    score_max: int
    band_share: float = 0.0
    # Of the report's row, where its explanation is found.
    item_id: int | None = None

    @property
    def expected_px(self) -> float | None:
        return self._place(self.expected)

    @property
    def low_px(self) -> float | None:
        return self._place(self.low)

    @property
    def interval_px(self) -> float:
        low, high = self._place(self.low), self._place(self.high)
        return 0.0 if low is None or high is None else max(2.0, high - low)

    @property
    def signed_px(self) -> float | None:
        return self._place(self.signed)

    @property
    def band(self) -> tuple[float, float] | None:
        """Left end and width."""
        centre = self.signed if self.signed is not None else self.expected
        if centre is None or not self.band_share:
            return None
        reach = self.band_share * (self.score_max - self.score_min)
        low = self._place(max(self.score_min, centre - reach)) or 0.0
        high = self._place(min(self.score_max, centre + reach)) or 0.0
        return low, round(high - low, 1)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        return [(score, self._place(score) or 0.0) for score in range(self.score_min, self.score_max + 1)]

    def _place(self, score: float | None) -> float | None:
        if score is None:
            return None
        share = (score - self.score_min) / max(1, self.score_max - self.score_min)
        return round(AXIS_PAD_PX + share * (AXIS_PX - 2 * AXIS_PAD_PX), 1)


@dataclass
class ReportView:
    """What may be shown of a report that is open to whoever asks."""

    report: SkillReport
    axis_px: int = AXIS_PX

    @property
    def score(self) -> dict[str, Any]:
        return self.report.score or {}

    @property
    def is_scored(self) -> bool:
        return bool(self.score) and not self.report.is_abstained

    @property
    def code_words(self) -> str:
        return CODE_WORDS.get(self.report.code, "")

    @cached_property
    def levels(self) -> list[LevelShare]:
        if not self.is_scored:
            return []
        shares, hidden = self.score["probabilities"], self.score["without_duration"]
        likely = level_set(_in_order(shares, self.report.scorer.levels))
        return [
            LevelShare(level=level, share=share, without_duration=hidden.get(level), is_likely=level in likely)
            for level, share in _in_order(shares, self.report.scorer.levels).items()
        ]

    @property
    def likely_words(self) -> str:
        """ "expert", or "intermediate or expert": the levels that hold most of the probability."""
        return " or ".join(entry.level for entry in self.levels if entry.is_likely)

    @cached_property
    def references(self) -> list[ReportReference]:
        return list(self.report.references.select_related("clip"))

    @property
    def resembled(self) -> list[ReportReference]:
        """The references of the level that it resembles most."""
        return [one for one in self.references if one.level == self.score.get("level")]

    @property
    def wording(self) -> str:
        """The one sentence of a report: what it resembles, under which rubric. Never a rank."""
        if not self.is_scored:
            return ""
        if len(self.resembled) > MAX_NAMED:
            return f"Resembles the {len(self.resembled)} references “{self.score['level']}” under {self.report.rubric}."
        names = ", ".join(one.short_name for one in self.resembled)
        return f"Resembles reference {names} under {self.report.rubric}."

    @cached_property
    def factors(self) -> list[FactorRow]:
        return [
            FactorRow(
                words=FACTOR_WORDS.get(factor["name"], str(factor["name"]).replace("_", " ").capitalize()),
                value=float(factor["value"]),
                unit=str(factor["unit"]),
                by_level=[(level, factor["by_level"].get(level)) for level in self.report.scorer.levels],
            )
            for factor in self.score.get("factors", [])
        ]

    @cached_property
    def swaps(self) -> list[SwapRow]:
        if not self.is_scored:
            return []
        shares, swaps = self.score["probabilities"], self.score["swaps"]
        return [
            SwapRow(
                reference=one,
                shares=list(_in_order(swaps[one.key], self.report.scorer.levels).items()),
                moved=max((abs(share - shares.get(level, 0)) for level, share in swaps[one.key].items()), default=0.0),
            )
            for one in self.references
            if swaps.get(one.key)
        ]

    @cached_property
    def moments(self) -> list[MomentRow]:
        by_key = {one.key: one for one in self.references}
        return [
            MomentRow(
                start_s=moment["start_s"],
                end_s=moment["end_s"],
                reference=by_key[moment["reference"]],
                reference_start_s=moment["reference_start_s"],
                reference_end_s=moment["reference_end_s"],
            )
            for moment in self.score.get("moments", [])
            if moment["reference"] in by_key
        ]

    @cached_property
    def revision(self) -> SignedRevision | None:
        """What stands."""
        return self.report.revisions.order_by("-number").first()

    @cached_property
    def signatures(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Who signed, and who amended it since."""
        signers = self.report.revisions.order_by("number").values_list("number", "signers")
        return [("Signed by" if number == 1 else "Amended by", list(people)) for number, people in signers]

    @property
    def signature_words(self) -> str:
        """ "signed by Rita Reviewer, amended by Ben Second" """
        told = [
            f"{name.lower()} {' and '.join(str(one['name']) for one in people)}" for name, people in self.signatures
        ]
        return ", ".join(told)

    @cached_property
    def items(self) -> list[ItemRow]:
        signed = self.revision.scores if self.revision else {}
        rubric = self.report.rubric
        return [
            ItemRow(
                key=item.item.key,
                name=item.item.name,
                expected=item.expected,
                low=item.low,
                high=item.high,
                reason=item.reason,
                signed=signed.get(item.item.key),
                score_min=rubric.score_min,
                score_max=rubric.score_max,
                item_id=item.pk,
            )
            for item in self.report.items.select_related("item")
        ]

    @cached_property
    def whole(self) -> ItemRow | None:
        """The mean of all items, with how far people who rate such videos differ; without a mean there is none."""
        signed = _mean([row.signed for row in self.items])
        expected = _mean([row.expected for row in self.items])
        if signed is None and expected is None:
            return None
        return ItemRow(
            key="",
            name="All items together",
            expected=expected,
            # Means of intervals are no interval of the mean.
            low=None,
            high=None,
            reason="",
            signed=signed,
            score_min=self.report.rubric.score_min,
            score_max=self.report.rubric.score_max,
            band_share=BAND_SHARE,
        )

    @property
    def raters(self) -> dict[str, object]:
        """For the words beside the band, which is never told narrower than it is."""
        return {"band_percent": math.ceil(100 * BAND_SHARE), "icc": ICC, "source": SOURCE}

    @cached_property
    def withdrawn_since(self) -> list[ReportReference]:
        """References that no longer stand: the report does not, for them."""
        return [one for one in self.references if one.clip is None or one.clip.state == "withdrawn"]

    @cached_property
    def facts(self) -> list[str]:
        """What was seen while the evidence was strongest, as text."""
        cited = self.report.facts.select_related("fact").order_by("fact__start_s")
        return [
            f"{label_words(one.fact.lane, one.fact.label)}, {clock(one.fact.start_s)}–{clock(one.fact.end_s)}"
            for one in cited
        ]

    @property
    def curve(self) -> dict[str, Any]:
        """For the script that draws the evidence beside the timeline."""
        if not self.is_scored:
            return {}
        shares = self.score["probabilities"]
        ranked = sorted(shares, key=lambda level: -shares[level])
        return {
            "duration_s": self.report.video.content.duration_s,
            "evidence": self.score["evidence"],
            "bias": self.score["bias"],
            "level": ranked[0] if ranked else "",
            "next": ranked[1] if len(ranked) > 1 else "",
        }


def _in_order(shares: Mapping[str, float], levels: list[str]) -> dict[str, float]:
    return {level: shares[level] for level in levels if level in shares}


def _mean(scores: list[float | None]) -> float | None:
    """None unless every item has one."""
    known = [score for score in scores if score is not None]
    return round(sum(known) / len(known), 2) if known and len(known) == len(scores) else None
