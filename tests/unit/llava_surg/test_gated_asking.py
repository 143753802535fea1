"""Evaluation asks the product as its users do: a clip as a video of its own, its facts, the question, every reply."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import torch

from inference.datasets.cholect50 import LabelledVideo
from inference.evidence.fact import Fact
from inference.llava_surg.evaluation.cases import clips_of, closed_cases
from inference.llava_surg.evaluation.gated_asking import GatedAsker, clip_stores
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest
from inference.progress import StopCheck
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from inference.vision.store import FeatureStore
from tests.unit.llava_surg.test_evaluation import surgery

HOOK = Fact(lane="instrument", label="hook", start_s=0, end_s=5, probability=0.9)


@dataclass
class Repeater:
    asked: list[AnswerRequest] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def stream(self, request: AnswerRequest, should_stop: StopCheck) -> Iterator[AnswerDelta | AnswerDone]:
        with self.lock:
            self.asked.append(request)
        yield AnswerDelta(text=request.question)
        yield AnswerDelta(text=" Indeed.")
        yield AnswerDone(model_name="m", adapter="", ttft_s=0.0, num_tokens=2)


def test_each_case_is_asked_of_its_own_clip_and_the_whole_reply_comes_back_in_order(tmp_path: Path) -> None:
    cases = closed_cases(clips_of(surgery()), seed=1, per_label=2)
    answerer = Repeater()
    patches = {"A": torch.rand(48, NUM_PATCHES, FEATURE_DIM)}
    gated = GatedAsker(
        answerer=answerer, facts=lambda clip: (HOOK,), features=clip_stores(patches, tmp_path, encoder_id="tower")
    )

    assert gated.ask(cases) == [f"{case.question.text} Indeed." for case in cases]
    assert {request.facts for request in answerer.asked} == {(HOOK,)}
    assert {request.duration_s for request in answerer.asked} == {case.clip.length_s for case in cases}
    clips = {case.clip.first for case in cases}
    assert len({request.features_path for request in answerer.asked}) == len(list(tmp_path.iterdir())) == len(clips)


def test_a_clips_store_has_a_row_a_second_of_the_frames_that_stand_for_them(tmp_path: Path) -> None:
    video = surgery()
    sparse = LabelledVideo(name="S", seconds=tuple(range(0, 96, 2)), labels=video.labels)
    clip = clips_of(sparse)[1]
    brightness = torch.arange(48.0)[:, None, None].expand(48, NUM_PATCHES, FEATURE_DIM)

    path = clip_stores({"S": brightness}, tmp_path, encoder_id="tower")(clip)

    store = FeatureStore.open(path, encoder_id="tower")
    assert store.duration_s == clip.length_s
    assert store.frame_features()[:4, 0].tolist() == [12.0, 12.0, 13.0, 13.0]
