"""A round and its gate that take no model and no minutes: they count to ten in their folder, and go on from there.

python -m tests.fakes_round round FOLDER [--fail KIND] [--die-at N]        python -m tests.fakes_round gate FOLDER
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

NUM_STEPS = 10


def main() -> int:
    what, folder = sys.argv[1], Path(sys.argv[2])
    options = dict(zip(sys.argv[3::2], sys.argv[4::2], strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    return _gate(folder, options) if what == "gate" else _round(folder, options)


def _round(folder: Path, options: dict[str, str]) -> int:
    print("began", flush=True)
    if kind := options.get("--fail"):
        (folder / "failure.json").write_text(json.dumps({"kind": kind, "reason": f"It ended: {kind}."}))
        return 1
    done = _done(folder)
    while done < NUM_STEPS:
        time.sleep(float(options.get("--pause", "0.05")))
        done += 1
        _count(folder, done)
        if done == int(options.get("--die-at", "0")):
            os.kill(os.getpid(), signal.SIGKILL)
        if options.get("--die-always"):
            os.kill(os.getpid(), signal.SIGKILL)
    _pack(folder)
    return 0


def _done(folder: Path) -> int:
    try:
        return int(json.loads((folder / "progress.json").read_text())["stages"]["sft_int"]["done"])
    except (OSError, ValueError):
        return 0


def _count(folder: Path, done: int) -> None:
    (folder / "sft_int").mkdir(exist_ok=True)
    with (folder / "sft_int" / "curve.jsonl").open("a") as curve:
        curve.write(json.dumps({"step": done, "loss": 3.0 / done}) + "\n")
    row = {"state": "running" if done < NUM_STEPS else "finished", "done": done, "total": NUM_STEPS, "seconds": 1.0}
    staged = folder / "progress.part"
    staged.write_text(json.dumps({"stages": {"sft_int": row}, "read": 10 * done, "generated": done}))
    staged.replace(folder / "progress.json")


def _pack(folder: Path) -> None:
    from inference.models.manifest import Need, describe

    packed = folder / "packed"
    packed.mkdir(exist_ok=True)
    (packed / "adapter_model.safetensors").write_bytes(str(folder).encode())
    (folder / "int.json").write_text(json.dumps({"rows": 3}))
    describe(
        packed,
        [packed / "adapter_model.safetensors"],
        kind="reasoning",
        name="reasoning",
        needs=[Need(kind="base", id="tiny@1")],
        licence="none",
        card="reasoning",
    )


def _gate(folder: Path, options: dict[str, str]) -> int:
    references = [json.loads(line)["id"] for line in (folder.parent / "references.jsonl").read_text().splitlines()]
    is_passed = options.get("--verdict", "passed") == "passed"
    row = {
        "key": "hard",
        "words": "Right on what is hard",
        "result": "passed" if is_passed else "failed",
        "rule": "better for certain",
        "limit": 0.0,
        "value": 0.6,
        "before": 0.1,
        "difference": 0.5,
        "low": 0.3,
        "high": 0.7,
        "num_items": 20,
        "note": "",
    }
    side = {"steps": [{"text": "F1: 8.0 - 3.0 = 5.0 s", "mark": "recomputed"}], "is_right": True}
    sample = {"question": "How long is F1?", "sheet": "F1 hook", "right": "5.0 s", "active": side, "candidate": side}
    found = {
        "is_passed": is_passed,
        "rows": [row],
        "samples": [sample],
        "references": {one: {"outcome": "kept", "reason": ""} for one in references},
        "seconds": 1.5,
    }
    (folder.parent / "gate.json").write_text(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
