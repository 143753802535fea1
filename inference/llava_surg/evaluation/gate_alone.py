"""What the gate answers where no language model speaks: how far code and timeline carry, in a minute, not in hours."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from inference.evidence.fact import Fact
from inference.evidence.watched import Watched
from inference.llava_surg.evaluation.cases import Case, EvaluationClip
from inference.llava_surg.evaluation.gated_asking import GatedAsker
from inference.llava_surg.gate.answerer import GatedAnswerer
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest
from inference.progress import StopCheck


class NoModel:
    """Says nothing, so that every sentence is the gate's own."""

    def stream(self, request: AnswerRequest, should_stop: StopCheck) -> Iterator[AnswerDelta | AnswerDone]:
        yield AnswerDone(
            model_name="", adapter="", ttft_s=0.0, num_tokens=0, was_stopped=should_stop(), is_insufficient=True
        )


def gate_replies(
    cases: Sequence[Case], facts: Callable[[EvaluationClip], tuple[Fact, ...]], *, watched: Watched
) -> list[str]:
    """In the order of the cases."""
    answerer = GatedAnswerer(NoModel(), watched=watched)
    return GatedAsker(answerer=answerer, facts=facts, features=lambda _: Path("no features")).ask(cases)
