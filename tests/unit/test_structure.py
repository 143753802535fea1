"""How inference is built: how deep its imports go, and what serves knows nothing of the laboratory."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent.parent
DEEPEST = 12


@cache
def structure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("structure", ROOT / "scripts/structure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def room(module: str) -> str:
    return str(structure().room_of(tuple(module.split(".")[1:]) or ("",)))


def test_no_chain_of_imports_inside_inference_is_longer_than_twelve() -> None:
    chain = structure().longest_chain(structure().imports())
    assert len(chain) <= DEEPEST, " > ".join(chain)


def test_nothing_that_serves_imports_training_evaluation_or_lab() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, all_imported in structure().imports().items()
        for imported in sorted(all_imported)
        if room(module) == "serving" and room(imported) in ("training", "evaluation", "lab")
    ]
    assert wrong == []


def test_a_module_in_a_front_door_counts_to_its_room_and_every_other_one_serves() -> None:
    assert room("inference.train.manifests") == "training"
    assert room("inference.vision.evaluation.figures") == "evaluation"
    assert room("inference.vision.timeline") == "serving"


def test_a_chain_is_counted_from_its_deepest_module() -> None:
    assert structure().longest_chain({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == ("a", "b", "c")


def test_every_part_of_a_page_script_lies_in_the_folder_of_what_it_is_about() -> None:
    loose = [path.name for path in (ROOT / "static/js/lib").iterdir() if path.is_file()]
    assert loose == []
