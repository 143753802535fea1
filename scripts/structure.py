"""The structure of inference in figures: files and lines of each room, and how deep its imports go.

    .venv/bin/python scripts/structure.py

Depth: the number of modules on the longest chain in which each imports the next, inside inference.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "inference"
EVALUATION, TRAINING = "evaluation", "training"
# The rooms of what only people run: front doors, their common parts, labelled data.
LAB = {"train": TRAINING, "evaluate": EVALUATION, "lab": "lab", "datasets": "datasets"}


def main() -> int:
    print("room | files | lines")
    for room, (files, lines) in sorted(rooms().items()):
        print(f"{room} | {files} | {lines}")
    try:
        chain = longest_chain(imports())
    except CycleError as error:
        print(f"no import depth, modules import one another: {_shown(error.args[1])}")
        return 1
    print(f"import depth {len(chain)}: {_shown(chain)}")
    return 0


def _shown(modules: Sequence[str]) -> str:
    return " > ".join(module.removeprefix(f"{PACKAGE}.") for module in modules)


def rooms() -> dict[str, tuple[int, int]]:
    """Files and lines by room."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        room = room_of(path.relative_to(ROOT / PACKAGE).parts)
        counts[room][0] += 1
        counts[room][1] += len(path.read_text(encoding="utf-8").splitlines())
    return {room: (files, lines) for room, (files, lines) in counts.items()}


def room_of(parts: tuple[str, ...]) -> str:
    if parts[0] in LAB:
        return LAB[parts[0]]
    return next((part for part in parts if part in (EVALUATION, TRAINING)), "serving")


def imports() -> dict[str, set[str]]:
    """Of each module, those inside inference that it imports."""
    sys.path.insert(0, str(ROOT))
    # What only the type checker imports nests nothing at run time.
    graph = grimp.build_graph(PACKAGE, exclude_type_checking_imports=True)
    return {module: graph.find_modules_directly_imported_by(module) - {module} for module in sorted(graph.modules)}


def longest_chain(direct: dict[str, set[str]]) -> tuple[str, ...]:
    """Raises CycleError where modules import one another in a circle: there is no depth then."""
    below: dict[str, tuple[str, ...]] = {}
    for module in TopologicalSorter(direct).static_order():
        below[module] = (module, *max((below[other] for other in direct[module]), key=len, default=()))
    return max(below.values(), key=len)


if __name__ == "__main__":
    sys.exit(main())
