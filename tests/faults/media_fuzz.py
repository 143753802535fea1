"""Damaged recordings: is a copy ever longer than its packets, and does any damage cost more time than the clean file?

    python -m tests.faults.media_fuzz [--data ../shared/data] [--mutations 150] [--seed 7] [--log var/media_fuzz.jsonl]

Takes the files under DATA/clips and DATA/torture that can be used undamaged, in turn, damages a copy (bytes changed,
zeroed, cut out, doubled, the end cut off, a number in a header turned into another, or packets written anew with their
clock moved; drawn by the seed) and has it looked into and converted as an upload is. A run that was stopped goes on
where it was, by the log.

`packets_s` sums what a file's packets state of their own duration, read here with PyAV, apart from our own reckoning.
Exit 1 if a copy is longer than that and 2 s, or if a run took over ten times the clean file's time.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av

from inference.errors import InferenceError
from inference.media.probe import probe
from inference.media.transcode import TranscodeOutputs, transcode

ROOT = Path(__file__).resolve().parents[2]
LONGER_BY_S = 2.0
SLOWER_BY = 10.0
# Where indices and headers lie: a change there does more than one among the pictures.
HEADER_PART = 0.1
# So many of the mutations move the clock.
CLOCK_PART = 0.4
PACKETS = """
import sys, av
with av.open(sys.argv[1], metadata_errors="replace") as container:
    sums = {stream.index: 0.0 for stream in container.streams.video}
    for packet in container.demux(container.streams.video):
        sums[packet.stream_index] += float((packet.duration or 0) * packet.time_base)
print(max(sums.values()))
"""

Bytes = bytearray


def main() -> None:
    options = _arguments()
    options.log.parent.mkdir(parents=True, exist_ok=True)
    known = _known(options.log)
    with tempfile.TemporaryDirectory(prefix="debrief-fuzz-") as name, options.log.open("a", encoding="utf-8") as log:
        for row in fuzz(options.data, Path(name), seed=options.seed, num_mutations=options.mutations, known=known):
            log.write(json.dumps(row) + "\n")
            log.flush()
    rows = [row for key, row in _known(options.log).items() if key[0] == options.seed and row["number"] >= 0]
    faults = [fault for row in rows for fault in faults_of(row)]
    print("\n".join([summary(rows), *faults]))
    sys.exit(1 if faults else 0)


def fuzz(
    data: Path, folder: Path, *, seed: int, num_mutations: int, known: dict[tuple[int, int, str], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Rows that are not in `known`. Number -1 are the clean files, each before its first mutation."""
    files = sorted(path for part in ("clips", "torture") for path in (data / part).iterdir() if path.is_file())
    clean_s: dict[Path, float] = {}
    number = 0
    usable = list(files)
    while number < num_mutations and usable:
        path = usable[number % len(usable)]
        if path not in clean_s:
            clean = known.get((seed, -1, path.name)) or _run(path, folder, seed=seed, number=-1, name=path.name)
            if (seed, -1, path.name) not in known:
                yield clean
            if clean["outcome"] != "ready":
                usable.remove(path)
                continue
            clean_s[path] = clean["took_s"]
        if (seed, number, path.name) not in known:
            damaged = folder / f"damaged{path.suffix}"
            kind = damage(path, damaged, random.Random(f"{seed}/{number}/{path.name}"))
            row = _run(damaged, folder, seed=seed, number=number, name=path.name)
            yield {**row, "kind": kind, "clean_s": clean_s[path]}
        number += 1


def damage(source: Path, destination: Path, chance: random.Random) -> str:
    if chance.random() < CLOCK_PART and _move_clock(source, destination, chance):
        return "the clock moved"
    content = bytearray(source.read_bytes())
    kind = chance.choice(sorted(KINDS))
    KINDS[kind](content, chance)
    destination.write_bytes(content)
    return kind


def _move_clock(source: Path, destination: Path, chance: random.Random) -> bool:
    """By seconds to days: from some packet on, or of some packets only. False where the container cannot be written."""
    moves = [
        (chance.random(), 10 ** chance.uniform(-1, 5.5), chance.random() < 0.5) for _ in range(chance.randint(1, 4))
    ]
    try:
        with av.open(str(source)) as old, av.open(str(destination), "w") as new:
            stream = old.streams.video[0]
            copy = new.add_stream_from_template(stream)
            packets = [packet for packet in old.demux(stream) if packet.size]
            for number, packet in enumerate(packets):
                _move(packet, [(round(share * len(packets)), *move) for share, *move in moves], number)
                packet.stream = copy
                new.mux(packet)
    except (av.FFmpegError, ValueError, TypeError, OverflowError):
        return False
    return True


def _move(packet: Any, moves: list[Any], number: int) -> None:
    for first, by_s, is_lasting in moves:
        ticks = round(by_s / packet.time_base)
        if packet.pts is not None and (number >= first if is_lasting else number in (first, first + 1)):
            packet.pts += ticks
            if is_lasting and packet.dts is not None:
                packet.dts += ticks


def _change(content: Bytes, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 40)):
        content[chance.randrange(len(content))] = chance.randrange(256)


def _change_headers(content: Bytes, chance: random.Random) -> None:
    """At the start and at the end, where indices lie."""
    part = max(1, round(HEADER_PART * len(content)))
    for _ in range(chance.randint(1, 12)):
        position = chance.randrange(part)
        content[position if chance.random() < 0.5 else len(content) - 1 - position] ^= 1 << chance.randrange(8)


def _change_numbers(content: Bytes, chance: random.Random) -> None:
    """Four bytes that begin with zeros are a number in most headers: turned into a large one."""
    places = [at for at in range(0, len(content) - 4) if content[at] == 0 and content[at + 1] == 0 and content[at + 3]]
    for at in chance.sample(places, k=min(len(places), chance.randint(1, 4))):
        content[at : at + 4] = chance.choice([1, 255, 65_535, 10**7, 2**31 - 1]).to_bytes(4, "big")


def _zero(content: Bytes, chance: random.Random) -> None:
    start, length = _stretch(content, chance)
    content[start : start + length] = bytes(length)


def _cut_out(content: Bytes, chance: random.Random) -> None:
    start, length = _stretch(content, chance)
    del content[start : start + length]


def _double(content: Bytes, chance: random.Random) -> None:
    start, length = _stretch(content, chance)
    content[start:start] = content[start : start + length]


def _cut_off(content: Bytes, chance: random.Random) -> None:
    del content[chance.randrange(len(content) // 10, len(content)) :]


def _stretch(content: Bytes, chance: random.Random) -> tuple[int, int]:
    length = chance.randint(1, max(1, len(content) // 20))
    return chance.randrange(len(content) - length + 1), length


KINDS: dict[str, Callable[[Bytes, random.Random], None]] = {
    "bytes changed": _change,
    "bits of headers turned": _change_headers,
    "numbers made large": _change_numbers,
    "a stretch zeroed": _zero,
    "a stretch cut out": _cut_out,
    "a stretch doubled": _double,
    "the end cut off": _cut_off,
}


def _run(path: Path, folder: Path, *, seed: int, number: int, name: str) -> dict[str, Any]:
    outcome, proxy_s, notes = "ready", 0.0, []
    started_s = time.perf_counter()
    try:
        proxy = transcode(path, _outputs(folder / "made"), probe(path))
        proxy_s, notes = proxy.duration_s, list(proxy.notes)
    except InferenceError as error:
        outcome = error.code
    took_s = time.perf_counter() - started_s
    return {
        "seed": seed,
        "number": number,
        "file": name,
        "outcome": outcome,
        "proxy_s": round(proxy_s, 3),
        "packets_s": _packets_s(path) if outcome == "ready" else None,
        "took_s": round(took_s, 2),
        "notes": notes,
    }


def _packets_s(path: Path) -> float:
    done = subprocess.run([sys.executable, "-c", PACKETS, str(path)], capture_output=True, text=True, check=True)
    return round(float(done.stdout), 3)


def _outputs(folder: Path) -> TranscodeOutputs:
    names = {"proxy": "proxy.mp4", "poster": "poster.jpg", "sprite": "sprite.jpg", "sprite_index": "sprite.json",
             "pts": "pts.safetensors", "samples": "samples.mp4"}  # fmt: skip
    return TranscodeOutputs(**{field: folder / name for field, name in names.items()})


def faults_of(row: dict[str, Any]) -> list[str]:
    where = f"{row['number']} {row['file']} ({row['kind']})"
    faults = []
    if row["outcome"] == "ready" and row["proxy_s"] > row["packets_s"] + LONGER_BY_S:
        faults.append(f"{where}: a copy of {row['proxy_s']} s from {row['packets_s']} s of packets")
    if row["took_s"] > SLOWER_BY * row["clean_s"]:
        faults.append(f"{where}: {row['took_s']} s, the clean file {row['clean_s']} s")
    if row["outcome"] in {"media_failed", "internal_error"}:
        faults.append(f"{where}: {row['outcome']}, which says that trying again helps")
    return faults


def summary(rows: list[dict[str, Any]]) -> str:
    ready = [row for row in rows if row["outcome"] == "ready"]
    longest_s = max((row["proxy_s"] - row["packets_s"] for row in ready), default=0.0)
    slowest = max((row["took_s"] / row["clean_s"] for row in rows), default=0.0)
    return (
        f"{len(rows)} mutations: {len(ready)} ready, {len(rows) - len(ready)} refused. Longest copy: its packets' "
        f"durations {longest_s:+.2f} s (at most +{LONGER_BY_S:.0f}). Slowest: {slowest:.1f} times the clean file "
        f"(at most {SLOWER_BY:.0f})."
    )


def _known(log: Path) -> dict[tuple[int, int, str], dict[str, Any]]:
    if not log.is_file():
        return {}
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {(row["seed"], row["number"], row["file"]): row for row in rows}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--mutations", type=int, default=150)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--log", type=Path, default=ROOT / "var" / "media_fuzz.jsonl")
    return parser.parse_args()


if __name__ == "__main__":
    main()
