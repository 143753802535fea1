"""LLaVA-Surg with the language model in this process: window, visual tokens, prompt, engine, citations.

Features of another tower than the projector was trained on are left out: then the timeline alone carries the answer.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Lock

import torch

from inference.engines.protocol import GenerationRequest, LanguageEngine, SamplingOptions, VisualInput
from inference.errors import ModelUntrained
from inference.evidence.unwatched import with_unwatched
from inference.evidence.watched import NOT_KNOWN, Watched
from inference.llava_surg.adapter_files import Checkpoint
from inference.llava_surg.answering.focus import focus
from inference.llava_surg.answering.prompt import build_messages
from inference.llava_surg.answering.relay import relay
from inference.llava_surg.answering.rewording import reworded
from inference.llava_surg.answering.routing import Window
from inference.llava_surg.projector import visual_rows
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest
from inference.progress import StopCheck
from inference.vision.store import FeatureStore

# Projected windows kept in memory: 67 rows of 576 floats each.
MAX_KEPT_WINDOWS = 128
# The same video: same file, same size, same second of writing.
WindowKey = tuple[str, int, int, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOptions:
    max_tokens: int = 256
    max_history_turns: int = 6


class LlavaSurgAnswerer:
    """Thread-safe; `engine` runs the language model, `checkpoint` holds the projector that fits it.

    `watched`: the labels the timeline's heads look for; empty if that is not known.
    """

    def __init__(
        self,
        *,
        engine: LanguageEngine,
        checkpoint: Checkpoint,
        watched: Watched = NOT_KNOWN,
        options: AnswerOptions | None = None,
    ) -> None:
        self._engine = engine
        self._config = checkpoint.config
        self._projector = checkpoint.projector
        self._watched = watched
        self._options = options or AnswerOptions()
        self._adapter = engine.adapter or f"llava-surg-{checkpoint.version}"
        self._kept: OrderedDict[WindowKey, VisualInput] = OrderedDict()
        self._lock = Lock()

    def stream(self, request: AnswerRequest, should_stop: StopCheck) -> Iterator[AnswerDelta | AnswerDone]:
        """Raises ModelUntrained if neither the visual tokens nor a timeline can carry an answer."""
        asked_at_s = time.perf_counter()
        window = focus(request)
        visual = self._visual(request, window)
        if visual is None and not request.facts:
            raise ModelUntrained("The model that reads this video's features was never trained on them.")
        generation = self._generation(request, window, visual)
        yield from relay(
            self._engine.stream(generation, should_stop),
            duration_s=request.duration_s,
            asked_at_s=asked_at_s,
            model_name=self._engine.name,
            adapter=self._adapter,
        )

    def _generation(self, request: AnswerRequest, window: Window, visual: VisualInput | None) -> GenerationRequest:
        span = (window.start_s, window.end_s)
        recent = request.history[-self._options.max_history_turns :]
        question = reworded(request.question)
        facts = with_unwatched(request.facts, question, watched=self._watched, window=span)
        messages = build_messages(
            replace(request, question=question, history=recent, facts=facts),
            config=self._config,
            window=span,
            has_video=visual is not None,
        )
        options = SamplingOptions(max_tokens=self._options.max_tokens)
        return GenerationRequest(messages=messages, visual=visual, options=options)

    def _visual(self, request: AnswerRequest, window: Window) -> VisualInput | None:
        store = FeatureStore.open(request.features_path)
        if store.encoder_id != self._config.encoder_id:
            return None
        facts = request.features_path.stat()
        key = (str(request.features_path), facts.st_size, facts.st_mtime_ns, window.start_s, window.end_s)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self._project(store, window, key)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MAX_KEPT_WINDOWS:
                self._kept.popitem(last=False)
        return made

    @torch.inference_mode()
    def _project(self, store: FeatureStore, window: Window, key: WindowKey) -> VisualInput:
        tokens = store.visual_tokens(window.start_s, window.end_s, num_temporal=self._config.num_temporal)
        rows = self._projector.block(visual_rows(tokens, self._config))
        return VisualInput(key="|".join(str(part) for part in (*key, self._adapter)), embeddings=rows)
