"""How long from a promotion, and from a rollback, to the first word of the next explanation; and whether any fails.

    python bench/promotion.py [--base NAME] [--rounds N]

In a database and a folder of its own. The base is loaded before: it is what explains already. Adapters are untrained.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
RANK, MAX_TOKENS = 8, 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="smollm2-135m-instruct")
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(options, Path(folder))


def _measure(options: argparse.Namespace, folder: Path) -> None:
    os.environ.update(DEBRIEF_VAR=str(folder), DJANGO_SETTINGS_MODULE="webapp.settings")
    os.environ["DEBRIEF_EXPLANATION_MODEL"] = options.base
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    (folder / "models").mkdir()
    (folder / "models" / options.base).symlink_to(options.models / options.base)
    settings.MODELS_DIR = folder / "models"
    from webapp.accounts.actors import command_actor
    from webapp.registry.services import model_deactivate, models_activate

    versions = [_adapter(folder / "models", options.base, seed) for seed in (1, 2)]
    _explain()
    promoted, rolled_back, failures = [], [], []
    stop = threading.Event()
    beside = threading.Thread(target=_keep_explaining, args=(stop, failures), daemon=True)
    beside.start()
    for number in range(options.rounds):
        version = versions[number % 2]
        began_s = time.monotonic()
        models_activate([version], is_by_hand=True, actor=command_actor())
        promoted.append(_explain(wanted=version.artifact_id) - began_s)
        began_s = time.monotonic()
        model_deactivate(version, reason="measured", actor=command_actor())
        rolled_back.append(_explain(wanted="") - began_s)
    stop.set()
    beside.join(60)
    for name, found in (("promotion", promoted), ("rollback", rolled_back)):
        print(f"{name} to first word: median {statistics.median(found):.2f} s, most {max(found):.2f} s")
    print(f"explanations that failed beside: {len(failures)}")


def _adapter(models: Path, base: str, seed: int) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from inference.models.catalogue import base_model_named
    from inference.models.manifest import Need, describe, read_manifest
    from webapp.accounts.actors import command_actor
    from webapp.registry.services import model_register
    from workers.artifacts import facts_of

    torch.manual_seed(seed)
    config = LoraConfig(r=RANK, target_modules="all-linear", task_type="CAUSAL_LM")
    made = models / "reasoning" / str(seed)
    get_peft_model(AutoModelForCausalLM.from_pretrained(models / base), config).save_pretrained(made)
    files = [made / "adapter_model.safetensors", made / "adapter_config.json"]
    needs = [Need(kind="base", id=base_model_named(base).id)]
    describe(made, files, kind="reasoning", name="reasoning", needs=needs, licence="none", card="reasoning")
    facts = facts_of(read_manifest(made / "manifest.json"), location=f"models/reasoning/{seed}")
    return model_register(facts, actor=command_actor())


def _explain(*, wanted: str | None = None) -> float:
    """When the first word came, by the clock that nobody can set. Raises AssertionError for another adapter's."""
    from inference.engines.protocol import GenerationDone, GenerationRequest, Message, SamplingOptions
    from workers import reasoner

    with reasoner.held() as engine:
        name = reasoner.adapter_for(engine)
        assert wanted is None or (name or "") == wanted, (name, wanted)
        asked = GenerationRequest(
            messages=(Message(role="user", text="Evidence: F1 hook, 3.0-8.0 s. How long is F1?"),),
            options=SamplingOptions(max_tokens=MAX_TOKENS),
            adapter=name,
        )
        first_s = None
        for part in engine.stream(asked, lambda: False):
            first_s = first_s or time.monotonic()
            if isinstance(part, GenerationDone):
                break
        assert first_s is not None
        return first_s


def _keep_explaining(stop: threading.Event, failures: list[Exception]) -> None:
    while not stop.is_set():
        try:
            _explain()
        except Exception as error:
            failures.append(error)


if __name__ == "__main__":
    main()
