"""Four layouts, one form: a Llama's own weights, the linear projector, and the rows of the start and end tokens.

Every name and every shape must fit; what is missing or left over is an error, never a warning. A projector that was
silently left random is how such models come to write nonsense.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from inference.errors import ModelError
from inference.llava_surg.config import LlavaSurgConfig, faithful_config
from inference.llava_surg.faithful.layouts.added_tokens import added_tokens
from inference.llava_surg.faithful.layouts.detect import BASE, DELTA, HF_CONFIG, Layout, detect_layout, tuned_files
from inference.llava_surg.faithful.layouts.read import add_delta, read_file, read_folder, verify_manifest
from inference.llava_surg.projector import Projector

PROJECTOR_NAMES = {"model.mm_projector.weight": "linear.weight", "model.mm_projector.bias": "linear.bias"}
PROJECTOR_FILE = "mm_projector.bin"
EMBEDDINGS, HEAD = "model.embed_tokens.weight", "lm_head.weight"
NATIVE_LANGUAGE, NATIVE_PROJECTOR = "language_model.", "projector."
# Added after the vocabulary in this order: patch, start, end.
NUM_ADDED_TOKENS = 3
# Tokenizers are trained to a round number of words (Llama: 32000). One more token, or rows up to a multiple of 8 or 64,
# leave no round number under the last three rows.
ROUND_WORDS = 10
START_NAMES, END_NAMES = ("<vid_start>", "<im_start>"), ("<vid_end>", "<im_end>")
# Buffers that older Llama files carry and newer code computes; the tower is loaded from its own folder.
IGNORED_ENDINGS = ("rotary_emb.inv_freq",)
IGNORED_BEGINNINGS = ("model.vision_tower.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaithfulWeights:
    """`language_config`: the Llama's config.json; `language_state` fits LlamaForCausalLM of it, without added rows."""

    layout: Layout
    config: LlavaSurgConfig
    language_config: dict[str, Any]
    language_state: dict[str, Tensor]
    projector: Projector


def load_layout(folder: Path, *, encoder_id: str) -> FaithfulWeights:
    """Raises ModelMissing or ModelError; nothing is filled in. `encoder_id`: the tower these weights were made for."""
    verify_manifest(folder)
    layout = detect_layout(folder)
    if layout == "hf_native":
        return _native(folder)
    config_dir = folder if layout == "merged" else folder / BASE
    language_config = json.loads((config_dir / HF_CONFIG).read_text(encoding="utf-8"))
    state = _state(folder, layout)
    missing = [name for name in (*PROJECTOR_NAMES, EMBEDDINGS) if name not in state]
    if missing:
        raise ModelError(f"{missing[0]} is missing: without it the video would be noise to the language model.")
    vocabulary = _vocabulary(folder, layout, language_config, num_rows=state[EMBEDDINGS].shape[0])
    return _assemble(
        state, layout=layout, language_config=language_config, vocabulary=vocabulary, encoder_id=encoder_id
    )


def language_model(weights: FaithfulWeights) -> Any:
    """A LlamaForCausalLM with these weights, strictly. Raises ModelError naming what does not fit."""
    from transformers import LlamaConfig, LlamaForCausalLM

    model: Any = LlamaForCausalLM(LlamaConfig(**_llama_fields(weights.language_config)))
    expected = model.state_dict()
    _compare(weights.language_state, {name: tuple(value.shape) for name, value in expected.items()})
    model.load_state_dict(weights.language_state, strict=True)
    return model.eval().requires_grad_(False)


def _state(folder: Path, layout: Layout) -> dict[str, Tensor]:
    if layout == "merged":
        return _merged_state(folder)
    base = read_folder(folder / BASE)
    if layout == "delta":
        return add_delta(base, read_folder(folder / DELTA))
    paths = tuned_files(folder)
    if len(paths) > 1:
        raise ModelError(f"{folder.name} holds {', '.join(path.name for path in paths)}: which was trained on base/?")
    (path,) = paths
    tuned = read_file(path)
    unknown = sorted(tuned.keys() - PROJECTOR_NAMES.keys() - {EMBEDDINGS})
    if unknown:
        raise ModelError(f"{path.name} holds {unknown[0]}, which is neither projector nor input embeddings.")
    return {**base, **tuned}


def _merged_state(folder: Path) -> dict[str, Tensor]:
    """The projector may lie in a file of its own; beside shards that hold it too, that file is a copy."""
    state = read_folder(folder)
    projector = folder / PROJECTOR_FILE
    if projector.is_file() and not state.keys() & PROJECTOR_NAMES.keys():
        state |= {name: value for name, value in read_file(projector).items() if name in PROJECTOR_NAMES}
    return state


def _assemble(
    state: Mapping[str, Tensor],
    *,
    layout: Layout,
    language_config: dict[str, Any],
    vocabulary: tuple[int, int, int],
    encoder_id: str,
) -> FaithfulWeights:
    num_words, start_id, end_id = vocabulary
    embeddings = state[EMBEDDINGS].float()
    if layout == "merged" and embeddings.shape[0] != language_config["vocab_size"]:
        raise ModelError(
            f"config.json speaks of {language_config['vocab_size']} words and the embeddings have "
            f"{embeddings.shape[0]} rows: one of the two belongs to another model."
        )
    if embeddings.shape[0] <= max(start_id, end_id):
        raise ModelError("The embeddings have no rows for the tokens that begin and end a video.")
    config = faithful_config(name=f"llava-surg-{layout}", text_width=int(embeddings.shape[1]), encoder_id=encoder_id)
    projector = Projector(config)
    values = {own: state[name].float() for name, own in PROJECTOR_NAMES.items()}
    values |= {"start": embeddings[start_id].clone(), "end": embeddings[end_id].clone()}
    _compare(values, {name: tuple(value.shape) for name, value in projector.state_dict().items()})
    projector.load_state_dict(values, strict=True)
    language = {
        name: value[:num_words].clone() if name in {EMBEDDINGS, HEAD} else value
        for name, value in state.items()
        if name not in PROJECTOR_NAMES and not _is_ignored(name)
    }
    if language_config.get("tie_word_embeddings") and HEAD not in language:
        language[HEAD] = language[EMBEDDINGS]
    return FaithfulWeights(
        layout=layout,
        config=config,
        language_config=language_config | {"vocab_size": num_words},
        language_state=language,
        projector=projector.eval().requires_grad_(False),
    )


def _native(folder: Path) -> FaithfulWeights:
    config = LlavaSurgConfig.load(folder)
    state = read_file(folder / "model.safetensors")
    projector = Projector(config)
    own = {name.removeprefix(NATIVE_PROJECTOR): v for name, v in state.items() if name.startswith(NATIVE_PROJECTOR)}
    _compare(own, {name: tuple(value.shape) for name, value in projector.state_dict().items()})
    projector.load_state_dict({name: value.float() for name, value in own.items()}, strict=True)
    language = {name.removeprefix(NATIVE_LANGUAGE): v for name, v in state.items() if name.startswith(NATIVE_LANGUAGE)}
    unknown = sorted(set(state) - {NATIVE_PROJECTOR + name for name in own} - {NATIVE_LANGUAGE + n for n in language})
    if unknown:
        raise ModelError(f"model.safetensors holds {unknown[0]}, which is neither projector nor language model.")
    return FaithfulWeights(
        layout="hf_native",
        config=config,
        language_config=json.loads((folder / HF_CONFIG).read_text(encoding="utf-8")),
        language_state=language,
        projector=projector.eval().requires_grad_(False),
    )


def _vocabulary(
    folder: Path, layout: Layout, language_config: Mapping[str, Any], *, num_rows: int
) -> tuple[int, int, int]:
    """How many of the `num_rows` embeddings are words, and the rows of start and end, as the tokenizer's files say.

    Where they say nothing, the three published rows are known if they are all that follows the words: of a base of
    its own, or of a vocabulary of a round number. Raises ModelError where any row could be meant.
    """
    added = added_tokens(folder / DELTA if layout == "delta" else folder)
    starts = [added[name] for name in START_NAMES if name in added]
    ends = [added[name] for name in END_NAMES if name in added]
    num_words = num_rows - NUM_ADDED_TOKENS if layout == "merged" else int(language_config["vocab_size"])
    if starts and ends:
        return min(num_words, starts[0] - 1), starts[0], ends[0]
    is_known = num_words % ROUND_WORDS == 0 if layout == "merged" else num_rows == num_words + NUM_ADDED_TOKENS
    if not is_known:
        raise ModelError(
            f"{folder.name} does not say which rows begin and end a video: bring its added_tokens.json, "
            "tokenizer_config.json or tokenizer.json."
        )
    return num_words, num_words + 1, num_words + 2


def _compare(state: Mapping[str, Tensor], expected: Mapping[str, tuple[int, ...]]) -> None:
    missing, unexpected = sorted(expected.keys() - state.keys()), sorted(state.keys() - expected.keys())
    wrong = [name for name in expected.keys() & state.keys() if tuple(state[name].shape) != expected[name]]
    if missing or unexpected or wrong:
        raise ModelError(
            f"The weights do not fit: missing {missing[:3]}, unexpected {unexpected[:3]}, "
            f"of another shape {[(name, tuple(state[name].shape), expected[name]) for name in sorted(wrong)[:3]]}."
        )


def _is_ignored(name: str) -> bool:
    return name.endswith(IGNORED_ENDINGS) or name.startswith(IGNORED_BEGINNINGS)


def _llama_fields(config: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the shapes and the arithmetic; a checkpoint's own model type and code names do not."""
    known = (
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "num_key_value_heads", "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_parameters",
        "rope_scaling", "tie_word_embeddings", "hidden_act", "bos_token_id", "eos_token_id", "pad_token_id",
        "attention_bias", "mlp_bias", "head_dim",
    )  # fmt: skip
    return {name: config[name] for name in known if config.get(name) is not None}


def save_native(weights: FaithfulWeights, folder: Path) -> None:
    """Writes the hf_native layout, which every other layout can be turned into."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights.config.save(folder)
    (folder / HF_CONFIG).write_text(json.dumps(weights.language_config, indent=1) + "\n", encoding="utf-8")
    state = {NATIVE_LANGUAGE + name: value.contiguous() for name, value in weights.language_state.items()}
    state |= {NATIVE_PROJECTOR + name: value.contiguous() for name, value in weights.projector.state_dict().items()}
    save_file({name: _own(value) for name, value in state.items()}, folder / "model.safetensors")


def _own(value: Tensor) -> Tensor:
    """Tied weights share memory, which safetensors refuses."""
    return value.detach().clone(memory_format=torch.contiguous_format)
