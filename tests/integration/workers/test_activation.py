"""Activation is the move of a pointer: running workers load what it points at by themselves, and what was begun ends
with what it was begun with."""

import io
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command

from inference.llava_surg.adapter_files import describe_checkpoint
from inference.llava_surg.config import CONFIG_NAME
from inference.models.catalogue import DEFAULT
from inference.models.fetch import is_ready
from inference.models.manifest import read_manifest
from tests.conftest import ROOT, skip_or_fail
from webapp.accounts.actors import command_actor
from webapp.lib.warmth import Warmth
from webapp.registry.facts import ModelFacts
from webapp.registry.models import ModelVersion
from webapp.registry.services import model_register, models_activate
from workers import runtime, warm
from workers.artifacts import chosen
from workers.built import built_for

pytestmark = pytest.mark.django_db(transaction=True)
WEIGHTS = ROOT / "inference" / "weights"
SHIPPED = WEIGHTS / "llava_surg"


def candidate(name: str, *, kind: str = "timeline_heads") -> ModelVersion:
    facts = ModelFacts(
        kind=kind, name=name, version="1", title=name, sha256=name, artifact_id=name, location=f"models/{name}"
    )
    return model_register(facts, actor=command_actor())


def activate(version: ModelVersion, *, is_by_hand: bool = True) -> None:
    models_activate([version], is_by_hand=is_by_hand, actor=command_actor())


def test_it_is_built_once_for_each_activation_and_going_back_builds_nothing() -> None:
    built: list[str] = []

    @built_for("timeline_heads")
    def heads() -> str:
        built.append(chosen(["timeline_heads"])[0][1] if chosen(["timeline_heads"]) else "shipped")
        return built[-1]

    first, second = candidate("first"), candidate("second")
    assert [heads(), heads()] == ["shipped", "shipped"]
    activate(first)
    assert [heads(), heads()] == ["models/first", "models/first"]
    activate(second)
    assert heads() == "models/second"
    activate(first)
    assert heads() == "models/first"
    assert built == ["shipped", "models/first", "models/second"]


def test_another_kind_rebuilds_nothing() -> None:
    built: list[int] = []
    heads = built_for("timeline_heads")(lambda: built.append(1))
    heads()
    activate(candidate("reader", kind="scorer"))
    heads()
    assert built == [1]


def test_what_was_activated_while_it_was_built_is_built_again() -> None:
    first, second = candidate("first"), candidate("second")
    activate(first)
    built: list[str] = []

    @built_for("timeline_heads")
    def heads() -> str:
        built.append("")
        if len(built) == 1:
            activate(second)
        return f"{len(built)}"

    assert heads() == "2"
    activate(first)
    assert heads() == "3"


def test_one_that_cannot_be_loaded_is_tried_again_by_the_next_who_asks() -> None:
    tries: list[int] = []

    @built_for("timeline_heads")
    def heads() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is away")
        return "heads"

    with pytest.raises(OSError, match="away"):
        heads()
    assert heads() == "heads"


def test_a_worker_loads_what_was_activated_though_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    both = threading.Event()

    def load() -> None:
        loaded.append(chosen(["timeline_heads"])[0][1] if chosen(["timeline_heads"]) else "shipped")
        if len(loaded) == 1:
            activate(candidate("night"))
        else:
            both.set()

    monkeypatch.setattr(warm, "MODELS", {"bulk": (load,)})
    monkeypatch.setattr(warm, "LOOK_EVERY_S", 0.01)
    warm.keep_loaded({"bulk": Warmth.LOADING}, stop=both)
    assert loaded == ["shipped", "models/night"]


@pytest.fixture
def night(tmp_path: Path, settings: Any) -> Path:
    """Beside the base model, an adapter that was trained here: the shipped one under another name."""
    if not is_ready(DEFAULT, Path(configured.MODELS_DIR)):
        skip_or_fail(f"no {DEFAULT.title} in {configured.MODELS_DIR} (`make setup` converts it)")
    settings.MODELS_DIR = shutil.copytree(
        Path(configured.MODELS_DIR) / DEFAULT.name, tmp_path / "models" / DEFAULT.name, copy_function=link
    ).parent
    folder: Path = settings.MODELS_DIR / "night"
    shutil.copytree(SHIPPED, folder)
    for name in (CONFIG_NAME, "adapter/adapter_config.json"):
        (folder / name).write_text((folder / name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    shipped = read_manifest(SHIPPED / "adapter" / "manifest.json")
    base_id = next(need.id for need in shipped.needs if need.kind == "base")
    describe_checkpoint(folder, base_id=base_id, trained_on=shipped.trained_on, facts=shipped.facts)
    return folder


def link(source: str, target: str) -> None:
    Path(target).symlink_to(source)


@pytest.mark.slow
def test_the_next_answer_is_by_the_adapter_that_was_activated_and_a_return_is_at_once(night: Path) -> None:
    before = runtime.answering()
    wanted = [read_manifest(night / name).version for name in ("projector.manifest.json", "adapter/manifest.json")]
    call_command("models", "activate", *wanted, stdout=io.StringIO())
    after = runtime.answering()

    assert adapter_of(after) == ("models/night/adapter", wanted[1])
    # Whoever was answered with it meanwhile still says so.
    assert adapter_of(before)[0] == "weights/llava_surg/adapter"
    shipped = [read_manifest(SHIPPED / name).version for name in ("projector.manifest.json", "adapter/manifest.json")]
    call_command("models", "activate", *shipped, stdout=io.StringIO())
    assert runtime.answering() is before


def adapter_of(answering: runtime.Answering) -> tuple[str, str]:
    (facts,) = [facts for facts in answering.written_by if facts.kind == "adapter"]
    return facts.location, facts.version
