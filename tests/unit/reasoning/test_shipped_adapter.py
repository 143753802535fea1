"""The adapter of explanations that comes with Debrief: whole, of its base alone, and used only once it is promoted."""

import json
from pathlib import Path

from inference.datasets.operations import CHOLEC80, cholec80
from inference.engines.chat_format import chat_format_named
from inference.engines.local.adapters import Adapters
from inference.engines.local.base_model import load_base_folder
from inference.engines.local.engine import LocalEngine, LocalEngineOptions
from inference.models.artifact import open_artifact
from inference.models.catalogue import QWEN_CODER_0_5B
from inference.models.manifest import FOLDER_MANIFEST
from inference.reasoning.explain import ExplanationDone, explain
from inference.reasoning.recompute import CheckedStep
from inference.reasoning.training.packing import MAX_BYTES, WEIGHTS
from inference.reasoning.training.stretches import TEST_FOLD
from tests.conftest import ROOT, skip_or_fail
from tests.unit.reasoning.sheets import sheet

SHIPPED = ROOT / "inference/weights/reasoning_0_5b"
# Of Qwen2.5-0.5B: width, of the two attention heads that keys and values have, of the layers between.
WIDTHS = {"q_proj": (896, 896), "k_proj": (896, 128), "v_proj": (896, 128), "o_proj": (896, 896)}
MLP = {"gate_proj": (896, 4864), "up_proj": (896, 4864), "down_proj": (4864, 896)}


def test_it_is_small_belongs_to_one_base_and_says_on_what_terms() -> None:
    manifest = open_artifact(SHIPPED, kind="reasoning")
    assert [(need.kind, need.id) for need in manifest.needs] == [("base", QWEN_CODER_0_5B.id)]
    assert sum(file.num_bytes for file in manifest.files) <= MAX_BYTES
    assert "NC-SA" in manifest.licence
    assert (ROOT / f"docs/models/{manifest.card}.md").is_file()
    config = json.loads((SHIPPED / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == QWEN_CODER_0_5B.id


def test_nobody_is_explained_to_by_it_unless_an_administrator_promotes_it() -> None:
    """It says false things oftener than the untouched base, which says next to nothing that can be held."""
    assert not (ROOT / "inference/weights/reasoning").exists()


def test_its_weights_have_the_shapes_of_its_base() -> None:
    from safetensors.torch import load_file

    tensors = load_file(SHIPPED / WEIGHTS)
    assert len(tensors) == 24 * 2 * len(WIDTHS | MLP)
    for name, tensor in tensors.items():
        layer, side = name.split(".")[-3:-1]
        inner, outer = (WIDTHS | MLP)[layer]
        assert tensor.shape[1 if side == "lora_A" else 0] == (inner if side == "lora_A" else outer), name
        assert bool(tensor.isfinite().all())


def test_no_operation_that_examined_it_trained_it() -> None:
    manifest = open_artifact(SHIPPED, kind="reasoning")
    operations = [cholec80(int(name.rpartition("-")[2])) for name in manifest.trained_on if name.startswith(CHOLEC80)]
    assert operations
    assert not [operation.name for operation in operations if operation.fold == TEST_FOLD]


def test_it_loads_beside_its_base_and_explains() -> None:
    folder = ROOT / "var/models" / QWEN_CODER_0_5B.name
    if not (folder / FOLDER_MANIFEST).is_file():
        skip_or_fail(f"no {QWEN_CODER_0_5B.name} in var/models (manage.py models fetch)", ci_can_install=False)
    steps, done = explained(folder)
    assert done.adapter == "shipped"
    assert not done.problem
    assert done.answer.startswith("5")
    assert [step.mark for step in steps] == ["recomputed"]
    assert steps[0].entries[0].key == "F1"


def explained(folder: Path) -> tuple[list[CheckedStep], ExplanationDone]:
    import torch

    base = load_base_folder(folder, dtype=torch.float32)
    adapters = Adapters(base.model)
    adapters.load("shipped", SHIPPED)
    engine = LocalEngine(
        model=base.model,
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(QWEN_CODER_0_5B.chat_format),
        name=base.title,
        adapters=adapters,
        options=LocalEngineOptions(context_tokens=2048, max_batch=1),
    )
    events = list(explain("How long is F1?", "5.0 s", sheet(), engine=engine, adapter="shipped"))
    done = events[-1]
    assert isinstance(done, ExplanationDone)
    return [event for event in events if isinstance(event, CheckedStep)], done
