"""The structure of inference in figures: files and lines of each room, and how deep its imports go.

    .venv/bin/python scripts/structure.py

Depth: the number of modules on the longest chain in which each imports the next, inside inference.
"""

import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "inference"
EVALUATION, TRAINING = "evaluation", "training"
# The rooms of what only people run: front doors, their common parts, labelled data.
LAB = {"train": TRAINING, "evaluate": EVALUATION, "lab": "lab", "datasets": "datasets"}


def main() -> None:
    print("room | files | lines")
    for room, (files, lines) in sorted(rooms().items()):
        print(f"{room} | {files} | {lines}")
    chain = longest_chain()
    print(f"import depth {len(chain)}: {' > '.join(module.removeprefix(f'{PACKAGE}.') for module in chain)}")


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


def longest_chain() -> tuple[str, ...]:
    sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph(PACKAGE)

    @cache
    def below(module: str) -> tuple[str, ...]:
        chains = [below(other) for other in graph.find_modules_directly_imported_by(module) if other != module]
        return (module, *max(chains, key=len, default=()))

    return max((below(module) for module in sorted(graph.modules)), key=len)


if __name__ == "__main__":
    main()
