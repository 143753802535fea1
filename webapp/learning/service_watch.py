"""How the active adapter does in service, since it was promoted: what people judged, what code found wrong, how long.

Each figure counts only from a least number on; one that is over its limit rolls the adapter back by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from django.conf import settings
from django.db import transaction

from webapp.accounts.actors import Actor
from webapp.conversations.models import Answer
from webapp.learning.models import AdapterMove, Correction, Explanation
from webapp.learning.promotions import adapter_roll_back_unasked
from webapp.learning.run_selectors import active_reasoning, moves, promoted_reasoning
from webapp.registry.models import ModelVersion

STANDING = (Correction.State.SUBMITTED, Correction.State.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """`value` over `limit`, of at least `least`: rolled back. `value` is None before anything was counted."""

    key: str
    words: str
    unit: str
    value: float | None
    limit: float
    count: int
    least: int

    @property
    def is_over(self) -> bool:
        return self.value is not None and self.count >= self.least and self.value > self.limit

    @property
    def is_enough(self) -> bool:
        return self.count >= self.least


def triggers_of(version: ModelVersion) -> tuple[Trigger, ...]:
    """Of what it explained since it was last promoted."""
    promoted = moves().filter(after=version).first()
    explained = Explanation.objects.filter(adapter=version.artifact_id, status=Explanation.Status.FINISHED)
    if promoted is not None:
        explained = explained.filter(finished_at__gte=promoted.created_at)
    found = list(explained.select_related("answer").prefetch_related("corrections").order_by("finished_at"))
    return tuple(_triggers(found))


@transaction.atomic
def adapter_watch(*, actor: Actor) -> AdapterMove | None:
    """One look; rolls back at the first figure over its limit."""
    active = active_reasoning()
    if active is None or promoted_reasoning() is None or not moves().filter(after=active).exists():
        # What came with Debrief was promoted by nobody, and there is nothing before it.
        return None
    over = next((trigger for trigger in triggers_of(active) if trigger.is_over), None)
    if over is None:
        return None
    reason = f"{over.words} was {over.value:.0f} {over.unit} over {over.count} (limit {over.limit:.0f} {over.unit})."
    return adapter_roll_back_unasked(actor=actor, reason=reason)


def _triggers(explained: list[Explanation]) -> Iterator[Trigger]:
    least = settings.ROLLBACK_MIN_COUNT
    judged = [one for one in explained if _thumb(one) or _is_corrected(one)]
    against = [one for one in judged if _thumb(one) == Answer.Thumb.DOWN or _is_corrected(one)]
    yield Trigger(
        key="thumbs",
        words="The share of thumbs down and corrections among judged answers",
        unit="%",
        value=100 * len(against) / len(judged) if judged else None,
        limit=settings.ROLLBACK_THUMBS_DOWN_PERCENT,
        count=len(judged),
        least=least,
    )
    marks = [step["mark"] for one in explained for step in one.steps]
    yield Trigger(
        key="wrong_steps",
        words="The share of steps that code found wrong",
        unit="%",
        value=100 * marks.count("wrong") / len(marks) if marks else None,
        limit=settings.ROLLBACK_WRONG_STEPS_PERCENT,
        count=len(explained),
        least=least,
    )
    took_s = [(one.finished_at - one.created_at).total_seconds() for one in explained if one.finished_at]
    yield Trigger(
        key="latency",
        words="The median time from asking to the last step",
        unit="s",
        value=median(took_s) if took_s else None,
        limit=settings.ROLLBACK_SLOW_S,
        count=len(took_s),
        least=least,
    )


def _is_corrected(one: Explanation) -> bool:
    """What code sent back, a reader declined or its author took back says nothing against the adapter."""
    return any(correction.state in STANDING for correction in one.corrections.all())


def _thumb(one: Explanation) -> str:
    """Of the answer that it explains; items of reports are judged otherwise."""
    return one.answer.thumb if one.answer else ""
