"""The active adapter explains: promoted and rolled back by a pointer, on the base it belongs to and on no other."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inference.engines.openai import OpenAiEngine
from inference.engines.protocol import GenerationRequest, Message, SamplingOptions, complete
from inference.models.catalogue import QWEN_CODER_0_5B
from inference.models.manifest import Need, describe, read_manifest
from tests.unit.reasoning.tiny_model import write_tiny_adapter, write_tiny_model
from webapp.accounts.actors import command_actor
from webapp.registry.models import ModelVersion
from webapp.registry.selectors import active_models
from webapp.registry.services import model_deactivate, model_register, models_activate
from workers import reasoner
from workers.artifacts import facts_of
from workers.reasoning_adapter import active_adapter

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = GenerationRequest(messages=(Message(role="user", text="Why?"),), options=SamplingOptions(max_tokens=4))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with a base of a few kilobytes under a name of the catalogue, and an adapter of it."""
    models = tmp_path_factory.mktemp("models")
    base = write_tiny_model(models / QWEN_CODER_0_5B.name)
    described(base, kind="base", name="tiny", artifact_id=QWEN_CODER_0_5B.id)
    write_tiny_adapter(base, models / "reasoning" / "one")
    return models


@pytest.fixture
def models(tiny: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    settings.MODELS_DIR, settings.WEIGHTS_DIR = tmp_path / "models", tmp_path / "weights"
    settings.EXPLANATION_MODEL, settings.DEVICE = QWEN_CODER_0_5B.name, "cpu"
    shutil.copytree(tiny, settings.MODELS_DIR)
    monkeypatch.setattr(reasoner, "_kept", reasoner._Kept())
    yield settings.MODELS_DIR
    if reasoner._kept.timer is not None:
        reasoner._kept.timer.cancel()


def described(folder: Path, *, kind: Any, name: str, artifact_id: str = "", needs: tuple[Need, ...] = ()) -> None:
    describe(
        folder,
        [path for path in folder.iterdir() if path.is_file() and path.name != "README.md"],
        kind=kind,
        name=name,
        artifact_id=artifact_id,
        needs=needs,
        licence="none",
        card="reasoning",
        facts={"title": "Tiny", "chat_format": "chatml"},
    )


def candidate(models: Path, name: str = "one", *, base_id: str = QWEN_CODER_0_5B.id) -> ModelVersion:
    folder = models / "reasoning" / name
    if name != "one":
        shutil.copytree(models / "reasoning" / "one", folder)
        config = folder / "adapter_config.json"
        config.write_text(config.read_text() + "\n")
    (folder / "manifest.json").unlink(missing_ok=True)
    described(folder, kind="reasoning", name="reasoning", needs=(Need(kind="base", id=base_id),))
    facts = facts_of(read_manifest(folder / "manifest.json"), location=f"models/reasoning/{name}")
    return model_register(facts, actor=command_actor())


def explained_by() -> str | None:
    with reasoner.held() as engine:
        name = reasoner.adapter_for(engine)
        complete(engine, GenerationRequest(messages=ASKED.messages, options=ASKED.options, adapter=name))
        return name


def test_the_next_explanation_is_of_what_was_promoted_and_the_base_is_loaded_once(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []
    build = reasoner.build
    monkeypatch.setattr(reasoner, "build", lambda: built.append(1) or build())
    first, second = candidate(models), candidate(models, "two")
    assert explained_by() is None
    models_activate([first], is_by_hand=True, actor=command_actor())
    assert explained_by() == first.artifact_id
    models_activate([second], is_by_hand=True, actor=command_actor())
    assert explained_by() == second.artifact_id
    models_activate([first], is_by_hand=True, actor=command_actor())
    assert explained_by() == first.artifact_id
    model_deactivate(first, reason="worse", actor=command_actor())
    assert explained_by() is None
    assert built == [1]


def test_what_is_being_written_ends_with_the_adapter_that_it_was_begun_with(models: Path) -> None:
    first, second = candidate(models), candidate(models, "two")
    models_activate([first], is_by_hand=True, actor=command_actor())
    with reasoner.held() as engine:
        name = reasoner.adapter_for(engine)
        begun = GenerationRequest(messages=ASKED.messages, options=SamplingOptions(max_tokens=40), adapter=name)
        stream = engine.stream(begun, lambda: False)
        next(stream)
        models_activate([second], is_by_hand=True, actor=command_actor())
        assert explained_by() == second.artifact_id
        *_, done = stream
    assert name == first.artifact_id
    assert done.finish_reason in ("stop", "length")  # type: ignore[union-attr]


def test_an_adapter_of_another_base_explains_nothing_and_nothing_fails(models: Path) -> None:
    models_activate([candidate(models, base_id="llama@1")], is_by_hand=True, actor=command_actor())
    assert explained_by() == ""


def test_what_comes_with_debrief_is_sent_to_no_server_and_what_was_promoted_is(
    models: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server's base is the hospital's own: it would be asked to load what does not fit before each explanation."""
    loaded: list[str] = []
    monkeypatch.setattr(OpenAiEngine, "load_adapter", lambda self, name, folder: loaded.append(name))
    settings.ENGINE, settings.VLLM_URL, settings.VLLM_MODEL = "vllm", "http://127.0.0.1:9/v1", "theirs"
    version = candidate(models)
    shutil.copytree(models / "reasoning" / "one", settings.WEIGHTS_DIR / "reasoning")
    shipped = active_adapter()
    assert shipped is not None
    assert not shipped.is_promoted
    with reasoner.held() as engine:
        assert reasoner.adapter_for(engine) == ""
        assert loaded == []
        models_activate([version], is_by_hand=True, actor=command_actor())
        assert reasoner.adapter_for(engine) == version.artifact_id
    assert loaded == [version.artifact_id]


def test_what_comes_with_debrief_explains_until_something_is_promoted(models: Path, settings: Any) -> None:
    second = candidate(models, "two")
    candidate(models)
    shutil.copytree(models / "reasoning" / "one", settings.WEIGHTS_DIR / "reasoning")
    shipped = active_adapter()
    assert shipped is not None
    assert explained_by() == shipped.name
    models_activate([second], is_by_hand=True, actor=command_actor())
    assert explained_by() == second.artifact_id


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_files_that_are_gone_or_changed_cost_the_adapter_and_no_explanation(models: Path, harm: str) -> None:
    version = candidate(models)
    models_activate([version], is_by_hand=True, actor=command_actor())
    folder = models / "reasoning" / "one"
    if harm == "gone":
        shutil.rmtree(folder)
    else:
        (folder / "adapter_model.safetensors").write_bytes(b"changed")
    assert explained_by() in (None, "")
    assert active_models()["reasoning"].version == version


def test_the_adapter_of_answers_stays_beside_one_of_explanations(models: Path) -> None:
    """Each kind has a pointer of its own, and the base under the answers is not the one under explanations."""
    from webapp.registry.facts import ModelFacts

    base = ModelFacts(
        kind="base", name="smol", version="1", title="Smol", sha256="s", artifact_id="smol@1", location="models/smol"
    )
    models_activate([model_register(base, actor=command_actor())], is_by_hand=False, actor=command_actor())
    models_activate([candidate(models)], is_by_hand=True, actor=command_actor())
    assert set(active_models()) == {"base", "reasoning"}


def test_without_any_adapter_there_is_none_to_name(models: Path) -> None:
    assert active_adapter() is None
