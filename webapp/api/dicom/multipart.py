"""The body of STOW-RS (PS3.18, section 10.5): multipart/related, written part by part into files."""

import re
from pathlib import Path
from typing import IO

from webapp.api.errors import BadRequest, WrongType
from webapp.lib.errors import TooLarge

PIECE_BYTES = 1024 * 1024
HEADERS_MAX_BYTES = 8 * 1024
PARTS_MAX = 20
_TYPE = re.compile(r"multipart/related\s*;(.*)", re.IGNORECASE | re.DOTALL)
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)


def parts_write(stream: IO[bytes], content_type: str, folder: Path, *, max_bytes: int) -> list[Path]:
    """One file for each part. Raises WrongType, BadRequest or TooLarge."""
    reader = _Reader(stream, _boundary(content_type), max_bytes=max_bytes)
    reader.skip_to_first()
    paths: list[Path] = []
    while reader.begin_part():
        if len(paths) >= PARTS_MAX:
            raise TooLarge(f"One request holds at most {PARTS_MAX} objects.", "too_many_parts")
        paths.append(folder / f"{len(paths)}.dcm")
        with paths[-1].open("wb") as out:
            reader.copy_part(out)
    if not paths:
        raise BadRequest("There is no object in this request.", "no_parts")
    return paths


def _boundary(content_type: str) -> bytes:
    match = _TYPE.fullmatch(content_type.strip())
    if match is None or "application/dicom" not in match[1].lower():
        raise WrongType('Send multipart/related; type="application/dicom".', "wrong_type")
    boundary = _BOUNDARY.search(match[1])
    if boundary is None:
        raise BadRequest("The multipart body has no boundary.", "no_boundary")
    return (boundary[1] or boundary[2]).encode("ascii", "replace")


class _Reader:
    """Holds a piece of the body, and never more than a few."""

    def __init__(self, stream: IO[bytes], boundary: bytes, *, max_bytes: int) -> None:
        self._stream, self._delimiter = stream, b"\r\n--" + boundary
        # As if a line had ended before the body: its first delimiter may have none before it.
        self._held, self._left = b"\r\n", max_bytes

    def skip_to_first(self) -> None:
        self._take_until_delimiter(None)

    def begin_part(self) -> bool:
        """Past the headers of the next part; False behind the last one."""
        self._fill(2)
        if self._held.startswith(b"--"):
            return False
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > HEADERS_MAX_BYTES or not self._more():
                raise BadRequest("A part of the body has no end to its headers.", "bad_part")
        self._held = self._held[end + 4 :]
        return True

    def copy_part(self, out: IO[bytes]) -> None:
        self._take_until_delimiter(out)

    def _take_until_delimiter(self, out: IO[bytes] | None) -> None:
        while (at := self._held.find(self._delimiter)) < 0:
            # The delimiter may begin in what is held and end in what comes.
            safe = max(0, len(self._held) - len(self._delimiter))
            if out is not None:
                out.write(self._held[:safe])
            self._held = self._held[safe:]
            if not self._more():
                raise BadRequest("The body ends in the middle of a part.", "body_cut_off")
        if out is not None:
            out.write(self._held[:at])
        self._held = self._held[at + len(self._delimiter) :]

    def _fill(self, num_bytes: int) -> None:
        while len(self._held) < num_bytes and self._more():
            pass

    def _more(self) -> bool:
        piece = self._stream.read(PIECE_BYTES)
        self._left -= len(piece)
        if self._left < 0:
            raise TooLarge("These objects are larger than one request may be.", "body_too_large")
        self._held += piece
        return bool(piece)
