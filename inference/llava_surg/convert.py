"""`python -m inference.llava_surg.convert --out DIR`: makes the default language model ready, once."""

import argparse
import json
import logging
import os
from pathlib import Path


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder of models (DEBRIEF_MODELS, var/models)")
    out: Path = parser.parse_args(arguments).out
    os.environ["HF_HUB_OFFLINE"] = "1"
    logging.disable(logging.WARNING)
    from inference.engines.local import smollm2

    folder = smollm2.convert(out)
    print(json.dumps({"model": smollm2.MODEL_NAME, "folder": str(folder)}))


if __name__ == "__main__":
    main()
