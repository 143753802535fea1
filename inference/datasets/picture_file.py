"""A picture of a data set, decoded whole or refused by name: half-copied ones are found only when they are decoded."""

import struct
from pathlib import Path

from PIL import Image

from inference.datasets.frames import DatasetInvalid

# What decoders raise where the bytes are not what they should be.
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)
NAMED_PARTS = 3


def read_rgb(path: Path) -> Image.Image:
    """Raises FileNotFoundError, or DatasetInvalid naming folder and file."""
    return read_picture(path).convert("RGB")


def read_picture(path: Path) -> Image.Image:
    """With the channels that the file has. Raises FileNotFoundError, or DatasetInvalid naming folder and file."""
    try:
        with Image.open(path) as picture:
            picture.load()
            return picture
    except FileNotFoundError:
        raise
    except DAMAGE as error:
        place = "/".join(path.parts[-NAMED_PARTS:])
        raise DatasetInvalid(f"{place} cannot be read as a picture: it may have been copied by half") from error
