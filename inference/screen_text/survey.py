"""python -m inference.screen_text.survey FILE_OR_FOLDER... : what the reader makes of pictures, to be looked at by eye.

Videos are read at their keyframes, pictures one by one. Prints what counts as text, then what was read with less.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from inference.media.frames import Frame
from inference.media.keyframes import read_keyframes
from inference.screen_text.cleaning import cleaned
from inference.screen_text.finder import MIN_CONFIDENCE
from inference.screen_text.rapid import RapidTextReader

PICTURES = frozenset({".jpg", ".jpeg", ".png"})
VIDEOS = frozenset({".mp4", ".mkv", ".mov", ".avi"})


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    reader, num_frames, kept, dropped = RapidTextReader(), 0, 0, 0
    for name, frame in _frames(parser.parse_args(arguments).paths):
        num_frames += 1
        for words in reader.read(frame, reader.find(frame)):
            text = cleaned(words.text)
            is_text = bool(text) and words.confidence >= MIN_CONFIDENCE
            kept, dropped = kept + is_text, dropped + (not is_text)
            print(f"{'text' if is_text else '----'} {words.confidence:.2f} {name}: {text!r}")
    print(f"{num_frames} frames: {kept} lines of text, {dropped} findings that are none")


def _frames(paths: list[Path]) -> Iterator[tuple[str, Frame]]:
    for path in paths:
        if path.is_dir():
            yield from _frames(sorted(path.iterdir()))
        elif path.suffix.lower() in PICTURES:
            yield path.name, np.asarray(Image.open(path).convert("RGB"))
        elif path.suffix.lower() in VIDEOS:
            for keyframe in read_keyframes(path):
                yield f"{path.name} {keyframe.timestamp_s:.0f} s", keyframe.rgb()


if __name__ == "__main__":
    main()
