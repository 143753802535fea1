"""The composition root of the gpu process: models, built from settings on first use and then kept (built.py)."""

from dataclasses import dataclass
from pathlib import Path

import structlog
import torch
from django.conf import settings

from inference.engines.chat_format import chat_format_named
from inference.engines.local.base_model import LanguageModel, load_base_folder
from inference.engines.local.engine import LocalEngine, LocalEngineOptions, end_ids
from inference.engines.local.grammar import JsonGrammar
from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.errors import ModelMissing
from inference.evidence.watched import NOT_KNOWN, Watched, watched_outputs
from inference.llava_surg.adapter_files import ADAPTER_FOLDER, PROJECTOR_NAME, adapted_model, load_checkpoint
from inference.llava_surg.answering.answerer import AnswerOptions, LlavaSurgAnswerer
from inference.llava_surg.answering.served import ServedAnswerer, ServedOptions
from inference.llava_surg.gate.answerer import GatedAnswerer
from inference.llava_surg.schema import VideoAnswerer
from inference.models.catalogue import base_model_named
from inference.models.device import fastest_dtype
from inference.models.fetch import ready_or_smaller
from inference.models.manifest import Kind
from inference.screen_text.rapid import RapidTextReader
from inference.screen_text.reader import TextReader
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.timeline import TimelineHeads
from webapp.registry.facts import ModelFacts
from workers.artifacts import located, register_loaded, register_loaded_facts, served_model_facts
from workers.built import built_for, built_once

VISION_TOWER = "vision_tower.safetensors"
EYES = "eyes.safetensors"
SIMULATOR_HEADS = "simulator_heads.safetensors"
TIMELINE_HEADS = "timeline_heads.json"
LLAVA_SURG = "llava_surg"
# What a frame is looked at with.
EYES_KINDS: tuple[Kind, ...] = ("tower", "eyes", "simulator_heads")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Who answers, what is looked for in the timelines it answers from, and the models that put it into words."""

    answerer: VideoAnswerer
    watched: Watched
    written_by: tuple[ModelFacts, ...]


@built_for(*EYES_KINDS)
def frame_encoder() -> FrameEncoder:
    """Our own tower, the eyes and the heads for simulated videos where their weights are, else ImageNet's."""
    weights = located("tower", VISION_TOWER)
    if not weights.is_file():
        return FrameEncoder(EncoderOptions(device=device()))
    eyes, simulator = located("eyes", EYES), located("simulator_heads", SIMULATOR_HEADS)
    options = EncoderOptions(
        weights=weights,
        eyes=eyes if eyes.is_file() else None,
        simulator=simulator if simulator.is_file() else None,
        device=device(),
    )
    encoder = FrameEncoder(options)
    register_loaded([path for path in (weights, options.eyes, options.simulator) if path is not None])
    return encoder


@built_for("timeline_heads")
def timeline_heads() -> TimelineHeads | None:
    """None where no tower was trained: the timeline is then empty."""
    path = located("timeline_heads", TIMELINE_HEADS)
    if not path.is_file():
        return None
    heads = TimelineHeads.load(path)
    register_loaded([path])
    return heads


def watched() -> Watched:
    """What is looked for: in operations by the eyes, or by the tower's own heads where there are none, and in the box
    trainer by its heads; not known without any."""
    heads, eyes = timeline_heads(), frame_encoder().eyes
    shown = heads.shown if heads is not None else ()
    if eyes is not None:
        shown = (*eyes.settings.shown, *(name for name in shown if name.startswith("simulator/")))
    return watched_outputs(shown) if shown else NOT_KNOWN


@built_once
def text_reader() -> TextReader | None:
    """None where it is not installed: videos are prepared all the same, and their page says that nobody looked."""
    try:
        return RapidTextReader(num_threads=torch.get_num_threads())
    except ModelMissing as error:
        log.warning("text_reader_missing", reason=str(error))
        return None


@built_for(*EYES_KINDS, "timeline_heads", "projector", "adapter")
def answering() -> Answering:
    """LLaVA-Surg in this process, or the model that VLLM_URL serves; nothing of either passes unchecked."""
    sees = watched()
    inner, written_by = _served_answerer(sees) if settings.ENGINE == "vllm" else _active_answerer(sees)
    return Answering(answerer=GatedAnswerer(inner, watched=sees), watched=sees, written_by=written_by)


def _active_answerer(sees: Watched) -> tuple[VideoAnswerer, tuple[ModelFacts, ...]]:
    """Of the active projector and adapter, on the base model of the settings."""
    folder = located("adapter", f"{LLAVA_SURG}/{ADAPTER_FOLDER}").parent
    base = base_model()
    made = local_answerer(folder, base=base, watched=sees)
    adapter = folder / ADAPTER_FOLDER
    return made, register_loaded([base.folder, folder / PROJECTOR_NAME, *([adapter] if adapter.is_dir() else [])])


def _served_answerer(sees: Watched) -> tuple[VideoAnswerer, tuple[ModelFacts, ...]]:
    options = OpenAiEngineOptions(base_url=settings.VLLM_URL, model=settings.VLLM_MODEL)
    served = ServedOptions(max_tokens=settings.ANSWER_MAX_TOKENS)
    facts = register_loaded_facts([served_model_facts(settings.VLLM_MODEL)])
    return ServedAnswerer(engine=OpenAiEngine(options), watched=sees, options=served), facts


def local_answerer(folder: Path, *, base: LanguageModel, watched: Watched) -> LlavaSurgAnswerer:
    """`folder` : projector and adapter. Raises ModelUntrained, or ModelMismatch for a base they were not trained on."""
    checkpoint = load_checkpoint(folder)
    engine = LocalEngine(
        model=adapted_model(base, checkpoint),
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(checkpoint.config.prompt_style),
        name=base.title,
        adapter=f"{checkpoint.config.name}-{checkpoint.version}",
        grammar=JsonGrammar(base.tokenizer, end_ids=end_ids(base.model)),
        options=LocalEngineOptions(context_tokens=checkpoint.config.context_tokens),
    )
    options = AnswerOptions(max_tokens=settings.ANSWER_MAX_TOKENS)
    return LlavaSurgAnswerer(engine=engine, checkpoint=checkpoint, watched=watched, options=options)


def base_model() -> LanguageModel:
    """The model that the setting names, or the next smaller one that is on this machine, and a line in the log."""
    found = ready_or_smaller(base_model_named(settings.ANSWER_MODEL), Path(settings.MODELS_DIR))
    for note in found.notes:
        log.warning("base_model_missing", reason=note, used=found.model.title)
    return load_base_folder(found.folder, dtype=fastest_dtype(device()), device=device())


def device() -> str:
    if settings.DEVICE != "auto":
        return str(settings.DEVICE)
    return "cuda" if torch.cuda.is_available() else "cpu"
