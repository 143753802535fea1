"""The explanation of an answer: steps from a language model over the sheet, each checked by code once it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from inference.engines.protocol import GenerationDone, GenerationRequest, LanguageEngine, SamplingOptions, TextDelta
from inference.progress import StopCheck, never_stop
from inference.reasoning.prompts import messages
from inference.reasoning.recompute import CheckedStep, StepChecker
from inference.reasoning.schema import Chain
from inference.reasoning.segment import MAX_STEPS, parse_chain, step_text
from inference.reasoning.sheet import ReasoningSheet

MAX_TOKENS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDelta:
    """More of a step that is being written; it is not checked yet."""

    index: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationDone:
    """`answer`: what the steps lead to, empty where none was declared; `problem` says why not.

    `sheet_sha256`: the sheet that was explained from; one of another timeline revision has another.
    """

    answer: str
    problem: str
    marks: tuple[str, ...]
    sheet_sha256: str
    engine: str
    adapter: str
    done: GenerationDone

    @property
    def is_consistent(self) -> bool:
        return not self.problem and "wrong" not in self.marks


ExplanationEvent = StepDelta | CheckedStep | ExplanationDone


def explain(
    question: str,
    answer: str,
    sheet: ReasoningSheet,
    *,
    engine: LanguageEngine,
    adapter: str | None = None,
    should_stop: StopCheck = never_stop,
) -> Iterator[ExplanationEvent]:
    """Steps as they come: text, then the same step with its mark; at the end the whole. Wrong steps are told as wrong.

    Raises EngineFailed or PromptTooLong.
    """
    request = GenerationRequest(
        messages=messages(sheet.text, question, answer=answer),
        options=SamplingOptions(max_tokens=MAX_TOKENS),
        adapter=adapter,
    )
    writing = _Writing(checker=StepChecker(sheet))
    for part in engine.stream(request, should_stop):
        if isinstance(part, TextDelta):
            yield from writing.push(part.text)
            continue
        yield from writing.flush()
        chain = parse_chain(writing.text)
        yield _done(chain, writing, sheet, part, engine, adapter)


@dataclass(slots=True)
class _Writing:
    """The text so far, cut at its line ends."""

    checker: StepChecker
    text: str = ""
    line: str = ""
    marks: list[str] = field(default_factory=list)

    def push(self, text: str) -> Iterator[StepDelta | CheckedStep]:
        self.text += text
        *ended, rest = (self.line + text).split("\n")
        told_before = self.line
        for line in ended:
            self.line = line
            yield from self._ended()
            told_before = ""
        self.line = rest
        shown = step_text(rest)
        if shown and shown != step_text(told_before) and len(self.marks) < MAX_STEPS:
            yield StepDelta(index=len(self.marks), text=shown)

    def flush(self) -> Iterator[CheckedStep]:
        yield from self._ended()
        self.line = ""

    def _ended(self) -> Iterator[CheckedStep]:
        step = step_text(self.line)
        if step and len(self.marks) < MAX_STEPS:
            checked = self.checker.check(step)
            self.marks.append(checked.mark)
            yield checked


def _done(
    chain: Chain,
    writing: _Writing,
    sheet: ReasoningSheet,
    done: GenerationDone,
    engine: LanguageEngine,
    adapter: str | None,
) -> ExplanationDone:
    return ExplanationDone(
        answer=chain.answer,
        problem=chain.problem,
        marks=tuple(writing.marks),
        sheet_sha256=sheet.sha256,
        engine=engine.name,
        adapter=engine.adapter if adapter is None else adapter,
        done=done,
    )
