"""Adapters over shared weights: each request is answered by the one it names, the base model stays what it was."""

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.engines.chat_format import ChatMl
from inference.engines.local.adapters import Adapters
from inference.engines.local.engine import LocalEngine
from inference.engines.protocol import BASE_WEIGHTS, GenerationRequest, Message, SamplingOptions, complete
from inference.errors import EngineFailed, ModelMissing
from tests.fakes_engine import ByteTokenizer, tiny_llama


def saved_adapter(folder: Path, *, seed: int) -> Path:
    from peft import LoraConfig, get_peft_model

    base = tiny_llama()
    torch.manual_seed(seed)
    model = get_peft_model(base, LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
    model.save_pretrained(folder)
    return folder


def merged(folder: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(tiny_llama(), folder).merge_and_unload().eval()


def engine_of(model: Any, adapters: Adapters | None = None) -> LocalEngine:
    return LocalEngine(model=model, tokenizer=ByteTokenizer(), chat_format=ChatMl(), name="tiny", adapters=adapters)


def asked(adapter: str | None) -> GenerationRequest:
    messages = (Message(role="system", text="Answer.", is_shared=True), Message(role="user", text="Which phase?"))
    return GenerationRequest(messages=messages, options=SamplingOptions(max_tokens=16), adapter=adapter)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    return {name: saved_adapter(tmp_path / name, seed=seed) for seed, name in enumerate(("one", "two"), 5)}


@pytest.fixture
def shared(folders: dict[str, Path]) -> LocalEngine:
    adapters = Adapters(tiny_llama())
    for name, folder in folders.items():
        adapters.load(name, folder)
    return engine_of(adapters.model, adapters)


def test_each_adapter_answers_as_if_it_were_merged_and_the_base_as_published(
    shared: LocalEngine, folders: dict[str, Path]
) -> None:
    expected = {name: complete(engine_of(merged(folder)), asked(None)).text for name, folder in folders.items()}
    expected[BASE_WEIGHTS] = complete(engine_of(tiny_llama()), asked(None)).text

    assert len(set(expected.values())) == 3
    assert {name: complete(shared, asked(name)).text for name in expected} == expected


def test_adapters_asked_at_the_same_time_do_not_mix(shared: LocalEngine) -> None:
    alone = {name: complete(shared, asked(name)).text for name in ("one", "two", BASE_WEIGHTS)}
    texts: list[tuple[str, str]] = []

    def ask(name: str) -> None:
        texts.append((name, complete(shared, asked(name)).text))

    threads = [threading.Thread(target=ask, args=(name,)) for name in (*alone, *alone, *alone)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts) == sorted((name, alone[name]) for name in (*alone, *alone, *alone))


def test_an_adapter_loaded_while_running_is_used_from_the_next_request_on(tmp_path: Path, shared: LocalEngine) -> None:
    assert shared._adapters is not None
    before = complete(shared, asked("one")).text
    shared._adapters.load("three", saved_adapter(tmp_path / "three", seed=9))

    assert complete(shared, asked("three")).text != before
    assert complete(shared, asked("one")).text == before


def test_an_adapter_that_is_not_loaded_fails_and_the_next_request_does_not(shared: LocalEngine) -> None:
    with pytest.raises(EngineFailed, match="not loaded"):
        complete(shared, asked("nine"))
    assert complete(shared, asked("one")).text


def test_an_engine_without_adapters_refuses_a_named_one() -> None:
    with pytest.raises(EngineFailed, match="not loaded"):
        complete(engine_of(tiny_llama()), asked("one"))


def test_a_folder_without_an_adapter_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="No adapter"):
        Adapters(tiny_llama()).load("one", tmp_path)
