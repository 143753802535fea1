"""Puts cases to the product as its users do: a video, its timeline, a question, and the gate before every sentence."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from inference.evidence.fact import Fact
from inference.llava_surg.evaluation.cases import Case, EvaluationClip
from inference.llava_surg.evaluation.clip_features import write_clip_features
from inference.llava_surg.schema import AnswerDelta, AnswerRequest, VideoAnswerer
from inference.progress import Progress, ProgressCallback, ignore_progress, never_stop

NUM_READERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedAsker:
    """`facts`: what the timeline tells of a clip; `features`: its feature store."""

    answerer: VideoAnswerer
    facts: Callable[[EvaluationClip], tuple[Fact, ...]]
    features: Callable[[EvaluationClip], Path]

    def ask(self, cases: Sequence[Case], *, on_progress: ProgressCallback = ignore_progress) -> list[str]:
        """The whole reply to each, in the order of the cases."""
        requests = [self._request(case) for case in cases]
        texts: list[str] = []
        with ThreadPoolExecutor(NUM_READERS) as pool:
            for text in pool.map(self._reply, requests):
                texts.append(text)
                on_progress(Progress(done=len(texts), total=len(cases), unit="questions"))
        return texts

    def _request(self, case: Case) -> AnswerRequest:
        return AnswerRequest(
            features_path=self.features(case.clip),
            duration_s=case.clip.length_s,
            question=case.question.text,
            facts=self.facts(case.clip),
        )

    def _reply(self, request: AnswerRequest) -> str:
        parts = self.answerer.stream(request, never_stop)
        return "".join(part.text for part in parts if isinstance(part, AnswerDelta))


def clip_stores(patches: Mapping[str, Tensor], folder: Path, *, encoder_id: str) -> Callable[[EvaluationClip], Path]:
    """Written when a clip is first asked about; `patches` by the video's name."""
    written: dict[tuple[str, int], Path] = {}

    def features(clip: EvaluationClip) -> Path:
        key = clip.video.name, clip.first
        if key not in written:
            written[key] = write_clip_features(clip, patches[clip.video.name], folder, encoder_id=encoder_id)
        return written[key]

    return features
