"""The model that ships on the language model that ships: it reads its timeline and cites it, or says it cannot tell."""

from pathlib import Path

import pytest
from django.conf import settings

from inference.evidence.check import check_claims
from inference.evidence.citation import Span, spans
from inference.evidence.claim import parse_claims
from inference.evidence.fact import Fact
from inference.evidence.watched import NOT_KNOWN, watch_over, watched_outputs
from inference.llava_surg.answering.answerer import LlavaSurgAnswerer
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest
from inference.models.catalogue import DEFAULT
from inference.models.fetch import fetch, is_ready
from inference.progress import never_stop
from inference.vision.timeline import TimelineHeads
from tests.conftest import skip_or_fail
from tests.fakes_video import write_store

pytestmark = pytest.mark.slow

FACTS = (
    Fact(lane="phase", label="gallbladder-dissection", start_s=0, end_s=32, probability=0.9),
    Fact(lane="instrument", label="grasper", start_s=0, end_s=32, probability=0.92),
    Fact(lane="instrument", label="hook", start_s=3, end_s=21, probability=0.9),
)


@pytest.fixture(scope="module")
def answerer() -> LlavaSurgAnswerer:
    from workers import runtime

    if not is_ready(DEFAULT, Path(settings.MODELS_DIR)):
        skip_or_fail(f"no {DEFAULT.title} in {settings.MODELS_DIR} (`make setup` converts it)")
    if not (Path(settings.WEIGHTS_DIR) / runtime.LLAVA_SURG / "llava_surg.json").is_file():
        skip_or_fail("no trained LLaVA-Surg weights")
    weights = Path(settings.WEIGHTS_DIR)
    watched = watched_outputs(TimelineHeads.load(weights / runtime.TIMELINE_HEADS).shown)
    return runtime.local_answerer(weights / runtime.LLAVA_SURG, base=runtime.base_model(), watched=watched)


def ask(answerer: LlavaSurgAnswerer, path: Path, question: str) -> tuple[str, AnswerDone]:
    # A store of another tower: what is said can only come from the timeline.
    store = path if path.exists() else write_store(path, encoder_id="another tower", num_frames=32)
    request = AnswerRequest(features_path=store, duration_s=32.0, question=question, facts=FACTS)
    parts = list(answerer.stream(request, never_stop))
    assert isinstance(parts[-1], AnswerDone)
    return "".join(part.text for part in parts if isinstance(part, AnswerDelta)), parts[-1]


def test_it_says_what_the_timeline_shows_and_points_at_its_seconds(answerer: LlavaSurgAnswerer, tmp_path: Path) -> None:
    text, done = ask(answerer, tmp_path / "f.safetensors", "Is a hook visible?")

    assert text.startswith("Yes")
    assert spans(text, 32.0) == [Span(start_s=3.0, end_s=21.0)]
    assert not done.was_stopped


def test_it_denies_what_the_timeline_does_not_show(answerer: LlavaSurgAnswerer, tmp_path: Path) -> None:
    text, _ = ask(answerer, tmp_path / "f.safetensors", "Is there a clipper in this clip?")

    assert text.startswith("No")


def test_what_it_says_is_supported(answerer: LlavaSurgAnswerer, tmp_path: Path) -> None:
    text, _ = ask(answerer, tmp_path / "f.safetensors", "Which instruments are visible?")
    watch = watch_over(FACTS, watched=NOT_KNOWN, duration_s=32.0)
    checked = check_claims(parse_claims(text, 32.0), FACTS, watch=watch, question="Which instruments are visible?")

    assert [claim.verdict for claim in checked] == ["supported", "supported"]


def test_what_the_video_cannot_tell_it_does_not_tell(answerer: LlavaSurgAnswerer, tmp_path: Path) -> None:
    _, done = ask(answerer, tmp_path / "f.safetensors", "How old is the patient?")

    assert done.is_insufficient


def test_converting_again_changes_nothing(answerer: LlavaSurgAnswerer) -> None:
    folder = Path(settings.MODELS_DIR) / DEFAULT.name
    before = (folder / "model.safetensors").stat().st_mtime_ns

    assert fetch(DEFAULT, Path(settings.MODELS_DIR)) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
