"""A served model is told what is looked for, and what it is asked about that is not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from inference.engines.protocol import GenerationDone, GenerationRequest, TextDelta, VisualKind
from inference.evidence.fact import Fact
from inference.evidence.watched import NOT_KNOWN, Watched, watched_outputs
from inference.llava_surg.answering.served import ServedAnswerer
from inference.llava_surg.schema import AnswerRequest
from inference.progress import StopCheck, never_stop

WATCHED = watched_outputs(["instrument/hook", "instrument/clipper", "simulator/instrument/scissors"])
HOOK = Fact(lane="instrument", label="hook", start_s=0, end_s=9, probability=0.9)


@dataclass
class Listener:
    """A LanguageEngine that keeps what it was told."""

    name: str = "listener"
    adapter: str = ""
    visual_kind: VisualKind = "images"
    has_json_schema: bool = False
    requests: list[GenerationRequest] = field(default_factory=list)

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        self.requests.append(request)
        yield TextDelta(text="Yes.")
        yield GenerationDone(finish_reason="stop", num_tokens=1, ttft_s=0.0)


def told(question: str, *, watched: Watched = WATCHED, facts: tuple[Fact, ...] = (HOOK,)) -> str:
    engine = Listener()
    request = AnswerRequest(features_path=Path("none"), duration_s=9.0, question=question, facts=facts)
    list(ServedAnswerer(engine=engine, watched=watched).stream(request, never_stop))
    return engine.requests[0].messages[1].text


def test_it_is_told_what_is_looked_for_in_this_kind_of_video() -> None:
    assert "Looked for: instrument: clipper, hook." in told("What is visible?")


def test_what_it_is_asked_about_and_nobody_watches_is_unknown() -> None:
    assert "scissors 0-9 unknown" in told("Are scissors visible?")
    assert "finding: bleeding 0-9 unknown" in told("Is there bleeding?")
    assert "unknown" not in told("Is a clipper visible?")


def test_without_a_timeline_or_knowing_its_watchers_nothing_is_promised() -> None:
    assert "Looked for" not in told("Is a hook visible?", watched=NOT_KNOWN)
    assert "Looked for" not in told("Is a hook visible?", facts=())
