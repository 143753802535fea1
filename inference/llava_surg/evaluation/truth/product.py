"""The product's own path from a file to a checked answer, without its web part."""

from dataclasses import dataclass
from pathlib import Path

from inference.engines.chat_format import chat_format_named
from inference.engines.local.base_model import load_base
from inference.engines.local.engine import LocalEngine, LocalEngineOptions
from inference.errors import ModelMissing
from inference.evidence.fact import Fact
from inference.llava_surg.adapter_files import adapted_model, load_checkpoint
from inference.llava_surg.answering.answerer import LlavaSurgAnswerer
from inference.llava_surg.evaluation.shipped import ShippedEyes
from inference.llava_surg.gate.answerer import GatedAnswerer
from inference.llava_surg.schema import VideoAnswerer
from inference.media.probe import probe
from inference.media.transcode import TranscodeOutputs, transcode
from inference.models.device import fastest_dtype
from inference.screen_text.covering import TextCover
from inference.screen_text.finder import find_screen_text
from inference.screen_text.rapid import RapidTextReader
from inference.vision.extract import extract_features
from inference.vision.store import FeatureStore
from inference.vision.timeline import find_timeline

_OUTPUTS = ("proxy.mp4", "poster.jpg", "sprite.jpg", "sprite.json", "pts.safetensors", "samples.mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedVideo:
    features: Path
    duration_s: float
    facts: tuple[Fact, ...]


class Product:
    """`weights`: the folder of our own weights; `models`: where the base language model lies."""

    def __init__(self, weights: Path, models: Path) -> None:
        self._shipped = ShippedEyes.load(weights)
        self.answerer = self._gated(weights, models)

    def prepared(self, video: Path, folder: Path) -> PreparedVideo:
        """Files go into `folder`. Raises MediaRejected for a file that is no video."""
        paths = {name: folder / name for name in _OUTPUTS}
        proxy, poster, sprite, index, pts, samples = paths.values()
        outputs = TranscodeOutputs(
            proxy=proxy, poster=poster, sprite=sprite, sprite_index=index, pts=pts, samples=samples
        )
        metadata = transcode(video, outputs, probe(video))
        features = folder / "features.safetensors"
        encoder = self._shipped.encoder
        extract_features(samples, features, encoder, cover=_cover(proxy))
        store = FeatureStore.open(features)
        facts = tuple(find_timeline(store, self._shipped.heads, encoder.simulator, eyes=encoder.eyes))
        return PreparedVideo(features=features, duration_s=metadata.duration_s, facts=facts)

    def _gated(self, weights: Path, models: Path) -> VideoAnswerer:
        checkpoint = load_checkpoint(weights / "llava_surg")
        base = load_base(models, dtype=fastest_dtype("cpu"))
        engine = LocalEngine(
            model=adapted_model(base, checkpoint),
            tokenizer=base.tokenizer,
            chat_format=chat_format_named(checkpoint.config.prompt_style),
            name=base.title,
            options=LocalEngineOptions(context_tokens=checkpoint.config.context_tokens),
        )
        watched = self._shipped.watched
        return GatedAnswerer(LlavaSurgAnswerer(engine=engine, checkpoint=checkpoint, watched=watched), watched=watched)


def _cover(proxy: Path) -> TextCover | None:
    try:
        reader = RapidTextReader()
    except ModelMissing:
        return None
    return TextCover(find_screen_text(proxy, reader))
