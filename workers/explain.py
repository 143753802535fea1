"""Explains an answer or an item of a report: what it claims and what the timeline shows become a sheet, a model writes
steps, code checks each."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from celery import shared_task

from inference.errors import EngineFailed, Stopped
from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.ontology import spoken
from inference.evidence.sheet import evidence_sheet
from inference.evidence.verdict import CheckedClaim
from inference.evidence.watched import watch_over
from inference.progress import Progress
from inference.reasoning.explain import ExplanationDone, StepDelta, explain
from inference.reasoning.recompute import CheckedStep
from inference.reasoning.segment import MAX_STEPS
from inference.reasoning.sheet import Entry, ReasoningSheet, SkillItem, reasoning_sheet
from inference.reasoning.snapshot import snapshot
from webapp.conversations.models import Answer
from webapp.conversations.selectors import claims_for_answer
from webapp.learning.explanations import (
    Cited,
    ExplainedStep,
    explanation_finish,
    explanation_started,
    explanation_write,
)
from webapp.learning.models import Explanation
from webapp.learning.selectors import explanation_for_job
from webapp.learning.subjects import subject_of
from webapp.skills.models import SkillReport
from webapp.videos.models import Timeline
from webapp.videos.selectors import timeline_newest
from workers import reasoner, runtime
from workers.answer_tasks import timeline_facts
from workers.stages import StageContext, run_stage

# A small model loses the thread over more lines, and its first word comes later with each.
MAX_FACTS = 24
# Beside the claims' seconds: what happens just before and after explains them.
BESIDE_S = 10.0
SAVE_EVERY_S = 0.4


@shared_task(name="workers.explain.explain_answer")
def explain_answer(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, write_explanation)


def write_explanation(context: StageContext) -> str | None:
    explanation = explanation_for_job(context.job.pk)
    if explanation is None:
        raise Stopped
    subject = subject_of(explanation)
    timeline = subject.timeline or timeline_newest(subject.video.content)
    sheet = _sheet(explanation, timeline)
    with reasoner.held() as engine:
        sheet_row = snapshot(sheet)
        if not context.write(
            explanation_started, explanation.pk, timeline=timeline, sheet=sheet_row, model_name=engine.name
        ):
            raise Stopped
        writing = _Writing(context=context, explanation_id=explanation.pk)
        events = explain(
            subject.question,
            subject.said,
            sheet,
            engine=engine,
            adapter=reasoner.adapter_for(engine),
            should_stop=context.should_stop,
        )
        done = writing.run(events)
    if done.done.finish_reason == "cancelled":
        raise Stopped
    context.write(
        explanation_finish,
        explanation.pk,
        steps=writing.steps,
        conclusion=done.answer,
        problem=done.problem,
        adapter=done.adapter,
    )
    return None


def _sheet(explanation: Explanation, timeline: Timeline | None) -> ReasoningSheet:
    if explanation.answer is not None:
        return sheet_for(explanation.answer, timeline)
    if explanation.report_item is None:
        raise Stopped
    return item_sheet(explanation.report_item.report, timeline)


def item_sheet(report: SkillReport, timeline: Timeline | None) -> ReasoningSheet:
    """All items of the report as the comparison has them, and what was seen where its evidence is strongest."""
    facts = timeline_facts(timeline)
    watch = watch_over(facts, watched=runtime.watched(), duration_s=report.video.content.duration_s or 0.0)
    cited = {str(pk) for pk in report.facts.values_list("fact_id", flat=True)}
    kept = _strongest(facts, watch.whole, cited=cited)
    items = [
        SkillItem(
            id=item.item.key, name=item.item.name, score=round(item.expected, 1), max_score=report.rubric.score_max
        )
        for item in report.items.select_related("item")
        if item.expected is not None
    ]
    return reasoning_sheet(evidence_sheet(kept, window=watch.whole, watch=watch), items=items)


def sheet_for(answer: Answer, timeline: Timeline | None) -> ReasoningSheet:
    """What the answer's claims cite, what is seen beside it, and the claims themselves with their verdicts."""
    facts = timeline_facts(timeline)
    content = answer.question.conversation.video.content
    watch = watch_over(facts, watched=runtime.watched(), duration_s=content.duration_s or 0.0)
    claims = _claims(answer, {fact.id: fact for fact in facts})
    window = _window(answer, claims, whole=watch.whole)
    kept = _strongest(facts, window, cited={fact.id for claim in claims for fact in claim.facts})
    return reasoning_sheet(evidence_sheet(kept, window=window, watch=watch), claims=claims)


def _claims(answer: Answer, facts: dict[str, Fact]) -> tuple[CheckedClaim, ...]:
    return tuple(
        CheckedClaim(
            index=claim.index,
            text=claim.text,
            start_s=claim.start_s,
            end_s=claim.end_s,
            verdict=claim.verdict,  # type: ignore[arg-type]
            facts=tuple(facts[str(fact.pk)] for fact in claim.facts.all() if str(fact.pk) in facts),
        )
        for claim in claims_for_answer(answer)
    )


def _window(answer: Answer, claims: Sequence[CheckedClaim], *, whole: Span) -> Span:
    """The part that was asked about; else where the claims point, and a little beside; else all of it."""
    question = answer.question
    if question.window_start_s is not None and question.window_end_s is not None:
        return Span(start_s=question.window_start_s, end_s=question.window_end_s)
    spans = [(claim.start_s, claim.end_s) for claim in claims if claim.start_s is not None and claim.end_s is not None]
    if not spans:
        return whole
    start_s = max(whole.start_s, min(start for start, _ in spans) - BESIDE_S)
    return Span(start_s=start_s, end_s=min(whole.end_s, max(end for _, end in spans) + BESIDE_S))


def _strongest(facts: Sequence[Fact], window: Span, *, cited: set[str]) -> list[Fact]:
    """Cited ones first, then the surest of what touches the window."""
    inside = [fact for fact in facts if fact.end_s > window.start_s and fact.start_s < window.end_s]
    inside.sort(key=lambda fact: (fact.id not in cited, -fact.probability))
    return inside[:MAX_FACTS]


@dataclass(slots=True, kw_only=True)
class _Writing:
    """Passes steps on to the row: a checked one at once, one that is being written now and then."""

    context: StageContext
    explanation_id: UUID
    steps: list[ExplainedStep] = field(default_factory=list)
    saved_at_s: float = float("-inf")

    def run(self, events: Iterator[StepDelta | CheckedStep | ExplanationDone]) -> ExplanationDone:
        """Raises EngineFailed for a stream that ends without its end."""
        for event in events:
            if isinstance(event, ExplanationDone):
                return event
            if isinstance(event, CheckedStep):
                self.steps.append(explained(event))
                self._save("")
            elif time.monotonic() - self.saved_at_s >= SAVE_EVERY_S:
                self._save(event.text)
        raise EngineFailed("The explanation ended in the middle. Try again.")

    def _save(self, writing: str) -> None:
        self.saved_at_s = time.monotonic()
        self.context.write(explanation_write, self.explanation_id, steps=self.steps, writing=writing)
        self.context.on_progress(Progress(done=len(self.steps), total=MAX_STEPS, unit="steps"))


def explained(step: CheckedStep) -> ExplainedStep:
    return ExplainedStep(
        text=step.text, mark=step.mark, note=step.note, cites=tuple(_cited(entry) for entry in step.entries)
    )


def _cited(entry: Entry) -> Cited:
    span = entry.span
    words = spoken(entry.fact.lane, entry.fact.label) if entry.fact is not None else entry.line.partition(": ")[2]
    return Cited(
        key=entry.key,
        words=words or entry.key,
        start_s=None if span is None else span.start_s,
        end_s=None if span is None else span.end_s,
    )
