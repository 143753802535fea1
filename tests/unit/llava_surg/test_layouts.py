"""The four published layouts, written tiny and random, must come back to the last number; or be refused."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from inference.errors import ModelError, ModelMissing
from inference.llava_surg.faithful.layouts import detect_layout, load_layout
from inference.llava_surg.faithful.layouts.assemble import language_model, save_native
from inference.llava_surg.faithful.layouts.read import write_manifest
from tests.fakes_engine import tiny_llama

WIDTH, VOCABULARY, CLIP_WIDTH = 32, 260, 1024
START, END = VOCABULARY + 1, VOCABULARY + 2
State = dict[str, torch.Tensor]


def base_model() -> Any:
    return tiny_llama(seed=1)


def tuned_state() -> State:
    """What a fine-tuned LLaVA-Surg holds: other weights, three more rows, a projector."""
    torch.manual_seed(9)
    state = {name: value + 0.01 for name, value in base_model().state_dict().items()}
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        state[name] = torch.cat([state[name], torch.randn(3, WIDTH)])
    state["model.mm_projector.weight"] = torch.randn(WIDTH, CLIP_WIDTH)
    state["model.mm_projector.bias"] = torch.randn(WIDTH)
    return state


def write_config(folder: Path, *, vocabulary: int = VOCABULARY) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = base_model().config.to_dict() | {"vocab_size": vocabulary, "model_type": "llava"}
    config["dtype"] = None
    (folder / "config.json").write_text(json.dumps(config, default=str))


def write_base(folder: Path) -> None:
    write_config(folder)
    state = {name: value.clone() for name, value in base_model().state_dict().items()}
    state["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.ones(4)
    torch.save(state, folder / "pytorch_model.bin")


def write_merged(folder: Path) -> State:
    state = tuned_state()
    write_config(folder, vocabulary=VOCABULARY + 3)
    write_added_tokens(folder)
    names = sorted(state)
    save_file({name: state[name] for name in names[::2]}, folder / "model-00001.safetensors")
    save_file({name: state[name] for name in names[1::2]}, folder / "model-00002.safetensors")
    return state


def write_added_tokens(folder: Path, *, first: int = VOCABULARY) -> None:
    names = ("<vid_patch>", "<vid_start>", "<vid_end>")
    (folder / "added_tokens.json").write_text(json.dumps({name: first + n for n, name in enumerate(names)}))


def write_delta(folder: Path) -> State:
    state, base = tuned_state(), base_model().state_dict()
    write_base(folder / "base")
    write_config(folder / "delta", vocabulary=VOCABULARY + 3)
    delta = {name: value.clone() for name, value in state.items()}
    for name, value in base.items():
        delta[name][: value.shape[0]] -= value
    torch.save(delta, folder / "delta" / "pytorch_model.bin")
    return state


def write_video_chatgpt(folder: Path) -> State:
    """Only projector and input embeddings were trained."""
    tuned = tuned_state()
    write_base(folder / "base")
    names = ("model.mm_projector.weight", "model.mm_projector.bias", "model.embed_tokens.weight")
    torch.save({name: tuned[name] for name in names}, folder / "video_chatgpt-7B.bin")
    return {**base_model().state_dict(), **{name: tuned[name] for name in names}}


def write_native(folder: Path) -> State:
    state = write_merged(folder / "merged")
    save_native(load_layout(folder / "merged", encoder_id="clip"), folder / "native")
    return state


LAYOUTS: dict[str, tuple[Callable[[Path], State], str]] = {
    "merged": (write_merged, "."),
    "delta": (write_delta, "."),
    "video_chatgpt": (write_video_chatgpt, "."),
    "hf_native": (write_native, "native"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_told_by_its_files_and_comes_back_whole(layout: str, tmp_path: Path) -> None:
    write, place = LAYOUTS[layout]
    state = write(tmp_path)
    loaded = load_layout(tmp_path / place, encoder_id="clip")

    assert detect_layout(tmp_path / place) == layout
    torch.testing.assert_close(loaded.projector.linear.weight, state["model.mm_projector.weight"])
    torch.testing.assert_close(loaded.projector.linear.bias, state["model.mm_projector.bias"])
    torch.testing.assert_close(loaded.projector.start.data, state["model.embed_tokens.weight"][START])
    torch.testing.assert_close(loaded.projector.end.data, state["model.embed_tokens.weight"][END])
    model = language_model(loaded)
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, state[name][: value.shape[0]], atol=1e-6, rtol=1e-5)


def test_the_faithful_model_keeps_356_tokens_and_the_published_order(tmp_path: Path) -> None:
    write_merged(tmp_path)
    config = load_layout(tmp_path, encoder_id="clip").config

    assert config.num_visual_tokens == 356
    assert (config.prompt_style, config.is_video_first, config.pad_temporal) == ("vicuna_v1", False, True)


def test_a_missing_projector_is_an_error(tmp_path: Path) -> None:
    write_base(tmp_path)

    with pytest.raises(ModelError, match="mm_projector"):
        load_layout(tmp_path, encoder_id="clip")


def test_a_name_too_many_or_too_few_is_an_error(tmp_path: Path) -> None:
    state = write_merged(tmp_path)
    for path in tmp_path.glob("*.safetensors"):
        path.unlink()
    state["model.extra.weight"] = torch.ones(1)
    del state["model.norm.weight"]
    save_file(state, tmp_path / "model.safetensors")

    with pytest.raises(ModelError, match=r"missing \['model\.norm\.weight'\], unexpected \['model\.extra\.weight'\]"):
        language_model(load_layout(tmp_path, encoder_id="clip"))


def test_a_delta_on_the_wrong_base_is_an_error(tmp_path: Path) -> None:
    write_delta(tmp_path)
    other = {**base_model().state_dict(), "model.layers.9.mlp.weight": torch.ones(1)}
    torch.save(other, tmp_path / "base" / "pytorch_model.bin")

    with pytest.raises(ModelError, match="another base"):
        load_layout(tmp_path, encoder_id="clip")


def test_a_file_that_is_not_the_published_one_is_an_error(tmp_path: Path) -> None:
    write_video_chatgpt(tmp_path)
    write_manifest(tmp_path)
    torch.save({"model.mm_projector.bias": torch.zeros(1)}, tmp_path / "video_chatgpt-7B.bin")

    with pytest.raises(ModelError, match="sha256"):
        load_layout(tmp_path, encoder_id="clip")


class Payload:
    """Unpickling it would run a command."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch /tmp/debrief-was-here",)


def test_code_in_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    write_base(tmp_path / "base")
    (tmp_path / "evil.bin").write_bytes(pickle.dumps({"model.mm_projector.weight": Payload()}))

    with pytest.raises(ModelError):
        load_layout(tmp_path, encoder_id="clip")
    assert not Path("/tmp/debrief-was-here").exists()


def test_a_folder_that_is_nothing_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"base/ \+ delta/"):
        load_layout(tmp_path, encoder_id="clip")


def write_one_bin(folder: Path, state: State, **config: Any) -> None:
    folder.mkdir(exist_ok=True)
    write_config(folder, vocabulary=state["model.embed_tokens.weight"].shape[0])
    fields = json.loads((folder / "config.json").read_text()) | config
    (folder / "config.json").write_text(json.dumps(fields))
    torch.save(state, folder / "pytorch_model.bin")


def padded(state: State, num_rows: int) -> State:
    """With more rows than words, as a vocabulary that is rounded up has."""
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        state[name] = torch.cat([state[name], torch.randn(num_rows - state[name].shape[0], WIDTH)])
    return state


@pytest.mark.parametrize("write", [write_merged, write_video_chatgpt])
def test_what_a_trainer_leaves_beside_the_weights_is_passed_over(
    write: Callable[[Path], State], tmp_path: Path
) -> None:
    state = write(tmp_path)
    for name in ("training_args.bin", "optimizer.bin", "scheduler.bin"):
        (tmp_path / name).write_bytes(pickle.dumps(Payload()))
    loaded = load_layout(tmp_path, encoder_id="clip")

    torch.testing.assert_close(loaded.projector.linear.bias, state["model.mm_projector.bias"])
    assert language_model(loaded)
    assert not Path("/tmp/debrief-was-here").exists()


def test_a_projector_file_beside_whole_weights_is_a_copy(tmp_path: Path) -> None:
    state = tuned_state()
    write_one_bin(tmp_path, state)
    write_added_tokens(tmp_path)
    torch.save({"model.mm_projector.weight": torch.zeros(1)}, tmp_path / "mm_projector.bin")
    loaded = load_layout(tmp_path, encoder_id="clip")

    torch.testing.assert_close(loaded.projector.linear.weight, state["model.mm_projector.weight"])


def test_a_projector_in_a_file_of_its_own_is_read(tmp_path: Path) -> None:
    state = tuned_state()
    own = {name: state.pop(name) for name in list(state) if "mm_projector" in name}
    write_one_bin(tmp_path, state)
    write_added_tokens(tmp_path)
    torch.save(own, tmp_path / "mm_projector.bin")
    loaded = load_layout(tmp_path, encoder_id="clip")

    torch.testing.assert_close(loaded.projector.linear.weight, own["model.mm_projector.weight"])


def decoder_of(tokens: dict[str, int]) -> dict[str, Any]:
    return {"added_tokens_decoder": {str(token_id): {"content": token} for token, token_id in tokens.items()}}


def list_of(tokens: dict[str, int]) -> dict[str, Any]:
    return {"added_tokens": [{"id": token_id, "content": token} for token, token_id in tokens.items()]}


TOKENS = {"<vid_patch>": VOCABULARY, "<vid_start>": START, "<vid_end>": END}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("added_tokens.json", TOKENS),
        ("tokenizer_config.json", decoder_of(TOKENS)),
        ("tokenizer.json", list_of(TOKENS)),
    ],
)
@pytest.mark.parametrize("num_rows", [VOCABULARY + 3, VOCABULARY + 4, 320])
def test_start_and_end_are_where_the_tokenizer_says_however_many_rows_follow(
    name: str, content: dict[str, Any], num_rows: int, tmp_path: Path
) -> None:
    state = padded(tuned_state(), num_rows)
    write_one_bin(tmp_path, state)
    (tmp_path / name).write_text(json.dumps(content))
    loaded = load_layout(tmp_path, encoder_id="clip")

    torch.testing.assert_close(loaded.projector.start.data, state["model.embed_tokens.weight"][START])
    torch.testing.assert_close(loaded.projector.end.data, state["model.embed_tokens.weight"][END])
    assert loaded.language_config["vocab_size"] == VOCABULARY


def test_just_three_rows_after_a_round_number_of_words_need_no_names(tmp_path: Path) -> None:
    state = tuned_state()
    write_one_bin(tmp_path, state)
    loaded = load_layout(tmp_path, encoder_id="clip")

    torch.testing.assert_close(loaded.projector.start.data, state["model.embed_tokens.weight"][START])


@pytest.mark.parametrize("num_rows", [VOCABULARY + 4, VOCABULARY + 6, 264, 272, 320])
def test_rows_that_nobody_names_are_not_guessed(num_rows: int, tmp_path: Path) -> None:
    write_one_bin(tmp_path, padded(tuned_state(), num_rows))

    with pytest.raises(ModelError, match="does not say which rows begin and end a video"):
        load_layout(tmp_path, encoder_id="clip")


@pytest.mark.parametrize("said", [VOCABULARY, VOCABULARY + 2, VOCABULARY + 6])
def test_a_config_of_another_vocabulary_is_refused(said: int, tmp_path: Path) -> None:
    write_one_bin(tmp_path, tuned_state(), vocab_size=said)
    write_added_tokens(tmp_path)

    with pytest.raises(ModelError, match=f"speaks of {said} words and the embeddings have {VOCABULARY + 3} rows"):
        load_layout(tmp_path, encoder_id="clip")


def test_a_head_that_is_tied_need_not_be_stored(tmp_path: Path) -> None:
    state = tuned_state()
    del state["lm_head.weight"]
    write_one_bin(tmp_path, state, tie_word_embeddings=True)
    write_added_tokens(tmp_path)
    model = language_model(load_layout(tmp_path, encoder_id="clip"))

    torch.testing.assert_close(model.lm_head.weight, state["model.embed_tokens.weight"][:VOCABULARY])


def test_a_missing_head_that_is_not_tied_is_an_error(tmp_path: Path) -> None:
    state = tuned_state()
    del state["lm_head.weight"]
    write_one_bin(tmp_path, state, tie_word_embeddings=False)
    write_added_tokens(tmp_path)

    with pytest.raises(ModelError, match=r"missing \['lm_head\.weight'\]"):
        language_model(load_layout(tmp_path, encoder_id="clip"))


def test_a_shard_that_the_index_names_must_be_there(tmp_path: Path) -> None:
    write_one_bin(tmp_path, tuned_state())
    write_added_tokens(tmp_path)
    shards = {"a": "pytorch_model.bin", "b": "pytorch_model-00002-of-00002.bin"}
    (tmp_path / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": shards}))

    with pytest.raises(ModelMissing, match="pytorch_model-00002-of-00002"):
        load_layout(tmp_path, encoder_id="clip")


def test_two_files_that_could_both_be_the_tuned_one_are_not_chosen_between(tmp_path: Path) -> None:
    write_video_chatgpt(tmp_path)
    torch.save({}, tmp_path / "another.bin")

    with pytest.raises(ModelError, match=r"another\.bin, video_chatgpt-7B\.bin"):
        load_layout(tmp_path, encoder_id="clip")
