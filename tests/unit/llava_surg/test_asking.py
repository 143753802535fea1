"""What the bare model is shown in each mode of an evaluation, and that answers come back to their own cases."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

import pytest
import torch

from inference.engines.protocol import GenerationDone, GenerationRequest, TextDelta, VisualKind
from inference.evidence.fact import Fact
from inference.llava_surg.evaluation.asking import MAX_TOKENS_OPEN, MAX_TOKENS_YES_NO, Asker, Mode
from inference.llava_surg.evaluation.cases import CLIP_FRAMES, Case, clips_of, closed_cases
from inference.llava_surg.evaluation.open_cases import open_cases
from inference.llava_surg.projector import Projector
from inference.progress import StopCheck
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from tests.fakes_video import tiny_config
from tests.unit.llava_surg.test_evaluation import surgery


@dataclass
class Echo:
    """Answers each question with itself and the beginning of what it was shown."""

    name: str = "echo"
    adapter: str = ""
    visual_kind: VisualKind = "embeddings"
    has_json_schema: bool = False
    asked: list[GenerationRequest] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        with self.lock:
            self.asked.append(request)
        yield TextDelta(text=f"{request.messages[-1].text} {request.visual.key if request.visual else 'unseen'}")
        yield GenerationDone(finish_reason="stop", num_tokens=1, ttft_s=0.0)


HOOK = Fact(lane="instrument", label="hook", start_s=0, end_s=5, probability=0.9)


def asker(cases: list[Case]) -> tuple[Asker, Echo]:
    engine = Echo()
    torch.manual_seed(1)
    facts = {(case.clip.video.name, case.clip.first): (HOOK,) for case in cases}
    config = tiny_config(vision_width=FEATURE_DIM, num_patches=NUM_PATCHES)
    patches = {"A": torch.rand(48, NUM_PATCHES, FEATURE_DIM).half()}
    return Asker(engine=engine, projector=Projector(config), patches=patches, facts=facts), engine


def cases() -> list[Case]:
    return closed_cases(clips_of(surgery()), seed=1, per_label=2)


@pytest.mark.parametrize(
    ("mode", "sees_video", "sees_hook"),
    [("both", True, True), ("timeline", False, True), ("video", True, False), ("blind", False, False)],
)
def test_each_mode_shows_what_it_says(mode: Mode, sees_video: bool, sees_hook: bool) -> None:
    asked = cases()
    bare, engine = asker(asked)
    bare.ask(asked, mode)

    assert {request.visual is not None for request in engine.asked} == {sees_video}
    assert {"hook" in request.messages[1].text for request in engine.asked} == {sees_hook}


def test_answers_stand_in_the_order_of_the_cases_whatever_order_they_were_asked_in() -> None:
    asked = cases()[::-1]
    bare, _ = asker(asked)

    given = bare.ask(asked, "both")
    assert all(text.startswith(case.question.text) for text, case in zip(given, asked, strict=True))
    assert all(text.endswith(f"A-{case.clip.first}") for text, case in zip(given, asked, strict=True))


def test_blind_each_wording_is_asked_once_of_a_clip_of_usual_length() -> None:
    asked = cases()
    bare, engine = asker(asked)
    given = bare.ask_blind(asked)

    assert len(given) == len(asked) > len(engine.asked) == len({case.question.text for case in asked})
    assert {request.messages[1].text.split("\n")[0] for request in engine.asked} == {f"Clip 0-{CLIP_FRAMES} s."} or all(
        str(CLIP_FRAMES) in request.messages[1].text for request in engine.asked
    )


def test_a_yes_or_no_has_room_for_a_word_and_a_description_for_sentences() -> None:
    closed = [case for case in cases() if case.question.kind.endswith("_yes_no")]
    opened = open_cases(clips_of(surgery()), seed=1, per_kind=1)
    for asked, room in ((closed, MAX_TOKENS_YES_NO), (opened, MAX_TOKENS_OPEN)):
        bare, engine = asker(list(asked))
        bare.ask(asked, "timeline")
        assert {request.options.max_tokens for request in engine.asked} == {room}
