"""`python -m inference.models --out DIR [NAME[=PATH] ...]`: makes base models ready, once; the default without a name.

PATH is a GGUF file or a folder that holds one, or a folder that another Debrief converted. A model that cannot be had
costs quality, not the start: the next smaller one takes its place, and a sentence says so.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from inference.errors import InferenceError
from inference.models.catalogue import DEFAULT, base_model_named
from inference.models.fetch import fetch_or_smaller
from inference.progress import Progress


def main(arguments: Sequence[str] | None = None) -> int:
    options = _arguments(arguments)
    os.environ["HF_HUB_OFFLINE"] = os.environ["TQDM_DISABLE"] = "1"
    logging.disable(logging.WARNING)
    status = 0
    for wanted in options.models or [DEFAULT.name]:
        name, _equals, path = wanted.partition("=")
        try:
            model = base_model_named(name)
            sources = {model.name: Path(path)} if path else {}
            fetched = fetch_or_smaller(model, options.out, sources=sources, report=say_bytes)
        except InferenceError as error:
            print(str(error), file=sys.stderr)
            status = 1
            continue
        for note in fetched.notes:
            print(note, file=sys.stderr)
        print(json.dumps({"model": fetched.model.title, "folder": str(fetched.folder), "asked": name}))
    return status


def say_bytes(progress: Progress) -> None:
    print(f"{progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB", file=sys.stderr)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the folder of models (DEBRIEF_MODELS, var/models)")
    parser.add_argument("models", nargs="*", metavar="NAME[=PATH]")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
