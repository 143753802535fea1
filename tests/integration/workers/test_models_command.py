"""`manage.py models`: what there is, whether it is whole, what works; each change in the log, told by its status."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from inference.models import catalogue
from inference.models.manifest import describe, read_manifest
from inference.vision.encoder import EncoderOptions, FrameEncoder
from tests.conftest import ROOT
from tests.fakes_base_model import tiny_base_model, write_gguf
from webapp.audit.models import AuditEvent
from webapp.registry.models import ActiveModel
from webapp.registry.selectors import versions_by_artifact_ids
from workers import makers, runtime
from workers.reasoning_adapter import active_adapter

pytestmark = pytest.mark.django_db
WEIGHTS = ROOT / "inference" / "weights"


@pytest.fixture
def places(tmp_path: Path, settings: Any) -> Path:
    """weights/ as shipped, but for the adapter; models/ is empty."""
    settings.WEIGHTS_DIR, settings.MODELS_DIR = tmp_path / "weights", tmp_path / "models"
    settings.BASE_MODELS = []
    shutil.copytree(WEIGHTS, tmp_path / "weights", ignore=shutil.ignore_patterns("llava_surg"))
    (tmp_path / "models").mkdir()
    return tmp_path


def models(*arguments: str) -> str:
    out = io.StringIO()
    call_command("models", *arguments, stdout=out)
    return out.getvalue()


def version_of(listing: str, place: str) -> str:
    (line,) = [line for line in listing.splitlines() if line.rstrip().endswith(place)]
    return line.split()[2]


def add_candidate(places: Path) -> None:
    """The same settings of the timeline, trained anew here."""
    path = places / "models" / "night" / "timeline_heads.json"
    path.parent.mkdir()
    text = (WEIGHTS / "timeline_heads.json").read_text(encoding="utf-8")
    path.write_text(text + "\n", encoding="utf-8")
    shipped = read_manifest(WEIGHTS / "timeline_heads.manifest.json")
    more: dict[str, Any] = {"needs": shipped.needs, "licence": "ours", "card": "vision_tower"}
    describe(path, [path], kind="timeline_heads", name="night", **more)


def test_the_list_names_what_is_here_what_works_and_what_could_be_fetched(places: Path) -> None:
    listing = models("list")

    assert "new        tower" in listing
    assert "weights/vision_tower.safetensors" in listing
    assert "manage.py models fetch qwen2.5-coder-1.5b-instruct" in listing
    models("activate", version_of(listing, "weights/vision_tower.safetensors"))
    assert "active     tower" in models("list")


def test_verify_says_which_file_differs_and_fails(places: Path) -> None:
    assert "6 models are as their manifests say." in models("verify")
    path = places / "weights" / "timeline_heads.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.70504", "0.70505"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"timeline_heads\.json is not the file that was measured"):
        models("verify")
    rows = AuditEvent.objects.filter(action="model.verify").order_by("sequence")
    assert [len(row.detail["problems"]) for row in rows] == [0, 1]


def test_an_active_model_whose_files_are_gone_is_named(places: Path) -> None:
    add_candidate(places)
    models("activate", version_of(models("list"), "models/night/timeline_heads.json"))
    shutil.rmtree(places / "models" / "night")
    with pytest.raises(CommandError, match=r"night .* is active and not on this machine"):
        models("verify")


def test_activation_is_in_the_log_and_decides_what_a_worker_loads(places: Path, monkeypatch: Any) -> None:
    add_candidate(places)
    models("activate", version_of(models("list"), "models/night/timeline_heads.json"))
    loaded: list[Path] = []
    load = runtime.TimelineHeads.load
    monkeypatch.setattr(runtime.TimelineHeads, "load", lambda path: loaded.append(path) or load(path))
    rebuilt(runtime.timeline_heads)()

    assert loaded == [places / "models" / "night" / "timeline_heads.json"]
    assert AuditEvent.objects.get(action="model.activate").detail["via"] == "command"
    assert ActiveModel.objects.get(kind="timeline_heads").version.name == "night"


def test_going_back_to_what_was_shipped_follows_the_releases_again(places: Path) -> None:
    add_candidate(places)
    listing = models("list")
    models("activate", version_of(listing, "models/night/timeline_heads.json"))
    assert ActiveModel.objects.get().is_by_hand
    models("activate", version_of(listing, "weights/timeline_heads.json"))
    assert not ActiveModel.objects.get().is_by_hand


def test_a_shipped_adapter_of_explanations_is_loaded_once_it_is_activated(places: Path) -> None:
    assert active_adapter() is None
    models("activate", version_of(models("list"), "weights/reasoning_0_5b"))
    active = active_adapter()
    assert active is not None
    assert active.is_promoted
    assert active.folder == places / "weights" / "reasoning_0_5b"


def test_changed_files_are_not_activated(places: Path) -> None:
    version = version_of(models("list"), "weights/timeline_heads.json")
    (places / "weights" / "timeline_heads.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CommandError, match="not the file that was measured"):
        models("activate", version)
    assert not ActiveModel.objects.exists()


def test_a_version_that_nobody_knows_is_one_sentence(places: Path) -> None:
    with pytest.raises(CommandError, match="There is no model with version zzz"):
        models("activate", "zzz")


def test_a_worker_registers_what_it_loads(places: Path) -> None:
    encoder = rebuilt(runtime.frame_encoder)()

    pointers = {pointer.kind: pointer.version for pointer in ActiveModel.objects.all()}
    assert pointers["tower"].artifact_id == encoder.encoder_id
    assert pointers["simulator_heads"].card == "simulator_heads"
    assert pointers["tower"].location == "weights/vision_tower.safetensors"
    assert encoder.encoder_id == FrameEncoder(EncoderOptions(weights=WEIGHTS / "vision_tower.safetensors")).encoder_id


def test_what_a_timeline_says_made_it_is_found_in_the_registry(places: Path) -> None:
    rebuilt(runtime.frame_encoder)()
    rebuilt(runtime.timeline_heads)()
    found = versions_by_artifact_ids(makers.artifact_ids(makers.made_by(None)))

    assert {version.kind for version in found} == {"tower", "timeline_heads", "simulator_heads"}


def test_fetch_makes_a_base_model_of_the_site_ready_and_logs_it(
    places: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gguf = places / "site.gguf"
    write_gguf(gguf)
    model = tiny_base_model(gguf)
    monkeypatch.setattr(catalogue, "CATALOGUE", (model,))
    settings.BASE_MODELS = [f"{model.name}={gguf}"]

    assert f"{model.title} is ready in {places / 'models' / model.name}" in models("fetch", model.name)
    assert AuditEvent.objects.get(action="model.fetch").detail["sha256"] == model.gguf_sha256
    with pytest.raises(CommandError, match="There is no base model gpt-9"):
        models("fetch", "gpt-9")


def test_a_model_that_had_to_be_replaced_is_an_error_for_the_operator(
    places: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gguf = places / "site.gguf"
    write_gguf(gguf)
    small, large = (tiny_base_model(gguf, name=name) for name in ("small-instruct", "large-instruct"))
    monkeypatch.setattr(catalogue, "CATALOGUE", (small, large))
    settings.BASE_MODELS = [f"small-instruct={gguf}", f"large-instruct={places / 'nothing'}"]
    with pytest.raises(CommandError, match="Large-Instruct cannot be used"):
        models("fetch", "large-instruct")
    assert (places / "models" / "small-instruct" / "manifest.json").is_file()


def rebuilt(build: Callable[[], Any]) -> Callable[[], Any]:
    """Built again, past the cache of the process."""
    return build.__wrapped__  # type: ignore[attr-defined,no-any-return]
