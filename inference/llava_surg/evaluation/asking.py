"""Puts closed cases to the model, many at a time, with what the heads said of each clip; or with nothing at all."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from inference.engines.protocol import GenerationRequest, LanguageEngine, SamplingOptions, VisualInput, complete
from inference.evidence.fact import Fact
from inference.evidence.unwatched import with_unwatched
from inference.evidence.watched import NOT_KNOWN, Watched
from inference.llava_surg.answering.prompt import question_messages, shared_messages
from inference.llava_surg.evaluation.cases import CLIP_FRAMES, Case, EvaluationClip
from inference.llava_surg.projector import Projector, visual_rows
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.vision.pooling import spatio_temporal_pool

Mode = Literal["both", "timeline", "video", "blind"]
MODES: tuple[Mode, ...] = ("both", "timeline", "video")
NUM_READERS = 16
# A closed answer is decided in its first words; a phase's name needs some more, a description the most.
MAX_TOKENS = {"phase": 40}
MAX_TOKENS_YES_NO = 4
MAX_TOKENS_OPEN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """`patches`: each surgery's frames, (T, 49, 1280); `facts`: what the heads said of each clip; `looked_for`: what a
    model that was never trained on timelines is told below one. Without a `projector` it is shown no video."""

    engine: LanguageEngine
    projector: Projector | None
    patches: Mapping[str, Tensor]
    facts: Mapping[tuple[str, int], tuple[Fact, ...]]
    watched: Watched = NOT_KNOWN
    looked_for: str = ""

    def ask_blind(self, cases: Sequence[Case], *, on_progress: ProgressCallback = ignore_progress) -> list[str]:
        """Without video or timeline, of a clip of the usual length: each wording needs to be asked once."""
        wordings = {case.question.text: case for case in cases}
        texts = self.ask(list(wordings.values()), "blind", on_progress=on_progress)
        by_wording = dict(zip(wordings, texts, strict=True))
        return [by_wording[case.question.text] for case in cases]

    def ask(self, cases: Sequence[Case], mode: Mode, *, on_progress: ProgressCallback = ignore_progress) -> list[str]:
        """The text of each answer, in the order of the cases; clips stay together so their prefix is kept."""
        order = sorted(range(len(cases)), key=lambda index: _clip_key(cases[index].clip))
        requests = [self._request(cases[index], mode) for index in order]
        texts = [""] * len(cases)
        with ThreadPoolExecutor(NUM_READERS) as pool:
            for done, (index, text) in enumerate(zip(order, pool.map(self._complete, requests), strict=True)):
                texts[index] = text
                on_progress(Progress(done=done + 1, total=len(cases), unit="questions"))
        return texts

    def key(self, case: Case, mode: Mode) -> str:
        """Of all that the model is shown, and of the clip whose pictures it may be shown."""
        said = [message.text for message in self._request(case, mode).messages]
        shown = json.dumps([mode, *_clip_key(case.clip), case.clip.length_s, *said])
        return hashlib.sha256(shown.encode()).hexdigest()

    def _complete(self, request: GenerationRequest) -> str:
        return complete(self.engine, request).text

    def _request(self, case: Case, mode: Mode) -> GenerationRequest:
        clip = case.clip
        visual = self._visual(clip) if mode in {"both", "video"} else None
        facts = self._facts(case) if mode in {"both", "timeline"} else ()
        end_s = clip.length_s if mode != "blind" else float(CLIP_FRAMES)
        shared = list(shared_messages(facts=facts, start_s=0.0, end_s=end_s, has_video=visual is not None))
        if facts and self.looked_for:
            shared[-1] = replace(shared[-1], text=f"{shared[-1].text}\n{self.looked_for}")
        return GenerationRequest(
            messages=(*shared, *question_messages(case.question.text)),
            visual=visual,
            options=SamplingOptions(max_tokens=_max_tokens(case.question.kind)),
        )

    def _facts(self, case: Case) -> tuple[Fact, ...]:
        window = (0.0, case.clip.length_s)
        facts = self.facts[_clip_key(case.clip)]
        return with_unwatched(facts, case.question.text, watched=self.watched, window=window)

    @torch.inference_mode()
    def _visual(self, clip: EvaluationClip) -> VisualInput:
        if self.projector is None:
            raise ValueError("a model without a projector sees no video")
        patches = self.patches[clip.video.name][clip.first : clip.last].float()
        config = self.projector.config
        rows = visual_rows(spatio_temporal_pool(patches, num_temporal=config.num_temporal), config)
        return VisualInput(key=f"{clip.video.name}-{clip.first}", embeddings=self.projector.block(rows))


def _max_tokens(kind: str) -> int:
    if kind.endswith("_yes_no"):
        return MAX_TOKENS_YES_NO
    return MAX_TOKENS.get(kind, MAX_TOKENS_OPEN)


def _clip_key(clip: EvaluationClip) -> tuple[str, int]:
    return clip.video.name, clip.first
