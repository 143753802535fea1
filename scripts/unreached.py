"""Counts the modules whose functions no unit test runs: importing alone reaches nothing.

    .venv/bin/python scripts/unreached.py inference/llava_surg inference/engines [-- tests/unit/llava_surg ...]

Without tests after `--`, all of tests/unit. Of a test with many rows the first three are run (first_rows.py), so a
module may count as unreached that only a later row reaches. A module without functions of its own is not counted.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    sources, tests = given[:cut], given[cut + 1 :] or ["tests/unit"]
    if not sources:
        print(__doc__, file=sys.stderr)
        return 2
    files = measured(sources, tests)
    with_functions = {name: found for name, found in files.items() if functions_of(found)}
    unreached = [name for name, found in with_functions.items() if not is_reached(found)]
    print("\n".join(unreached))
    print(
        f"{len(unreached)} of {len(with_functions)} modules with functions are reached by no test of {' '.join(tests)}"
    )
    return 0


def measured(sources: list[str], tests: list[str]) -> dict[str, dict[str, object]]:
    """Coverage's report by file."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        environment = os.environ | {"COVERAGE_FILE": str(Path(folder) / "data"), "PYTHONPATH": str(ROOT / "scripts")}
        coverage = [sys.executable, "-m", "coverage"]
        run = [
            *coverage,
            "run",
            f"--source={','.join(sources)}",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "first_rows",
            *tests,
        ]
        # A test that fails has run what it ran: it is told by its own words, and counting goes on.
        subprocess.run(run, cwd=ROOT, env=environment, check=False, stdout=sys.stderr)
        subprocess.run([*coverage, "json", "-q", "-o", str(report)], cwd=ROOT, env=environment, check=True)
        files: dict[str, dict[str, object]] = json.loads(report.read_text(encoding="utf-8"))["files"]
    return files


def functions_of(found: dict[str, object]) -> dict[str, dict[str, list[int]]]:
    """Lines outside any function stand under an empty name."""
    functions = found["functions"]
    assert isinstance(functions, dict)
    return {name: row for name, row in functions.items() if name}


def is_reached(found: dict[str, object]) -> bool:
    return any(row["executed_lines"] for row in functions_of(found).values())


if __name__ == "__main__":
    sys.exit(main())
