"""DICOM video objects as files: whose they are, and the stream in them, copied out byte for byte.

What stands in the header names patients. It goes into sealed identifiers and nowhere else: no title, no log, no model.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID

from webapp.api.identifiers import CaseIdentifier
from webapp.lib.errors import InvalidInput

VIDEO_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.77.1.1.1",  # Video Endoscopic
    "1.2.840.10008.5.1.4.1.1.77.1.2.1",  # Video Microscopic
    "1.2.840.10008.5.1.4.1.1.77.1.4.1",  # Video Photographic
}
# MPEG-2, H.264 and HEVC, each with its fragmentable twin (PS3.6, annex A).
STREAM_SYNTAXES = {f"1.2.840.10008.1.2.4.{number}" for number in (100, 101, 102, 103, 104, 105, 106, 107, 108)}
ITEM, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
PIXEL_DATA_HEADER_BYTES = 12
UNDEFINED = b"\xff\xff\xff\xff"
PATIENT, STUDY = "urn:dicom:patient-id", "urn:dicom:study-instance-uid"
ACCESSION, INSTANCE = "urn:dicom:accession-number", "urn:dicom:sop-instance-uid"


class DicomRefused(InvalidInput):
    """This is no DICOM video object that can be taken."""

    default_code = "dicom_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DicomVideo:
    """`pixels_at`: where the encapsulated stream begins in the file. `stream_bytes`: its length, 0 if not said."""

    path: Path
    sop_class: str
    sop_instance: str
    patient: str
    study: str
    identifiers: tuple[CaseIdentifier, ...]
    pixels_at: int
    stream_bytes: int


def dicom_video_read(path: Path) -> DicomVideo:
    """The header alone. Raises DicomRefused."""
    try:
        with path.open("rb") as source:
            header = dcmread(source, stop_before_pixels=True)
            pixels_at = source.tell()
        return _described(path, header, pixels_at)
    except (InvalidDicomError, AttributeError, ValueError, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise DicomRefused from error


def stream_copy(video: DicomVideo, target: Path) -> None:
    """What the camera's recorder wrote. Raises DicomRefused for an object that is cut off or of another make."""
    with video.path.open("rb") as source, target.open("wb") as out:
        source.seek(video.pixels_at)
        head = source.read(PIXEL_DATA_HEADER_BYTES)
        if head[:4] != b"\xe0\x7f\x10\x00" or head[8:] != UNDEFINED:
            raise DicomRefused("This object holds no encapsulated stream.")
        _skip_offsets(source)
        while (length := _next_item(source)) is not None:
            _copy(source, out, length)
        if video.stream_bytes and video.stream_bytes <= out.tell():
            # Fragments have an even length; the stream need not.
            out.truncate(video.stream_bytes)
    if target.stat().st_size == 0:
        raise DicomRefused("The stream in this object is empty.")


def _described(path: Path, header: Dataset, pixels_at: int) -> DicomVideo:
    sop_class, syntax = str(header.SOPClassUID), str(header.file_meta.TransferSyntaxUID)
    if sop_class not in VIDEO_CLASSES:
        raise DicomRefused(f"This is a {UID(sop_class).name} and no video.")
    if syntax.removesuffix(".1") not in STREAM_SYNTAXES:
        raise DicomRefused("Its stream is not MPEG-2, H.264 or HEVC.")
    found = {
        PATIENT: str(header.get("PatientID", "")),
        STUDY: str(header.StudyInstanceUID),
        ACCESSION: str(header.get("AccessionNumber", "")),
        INSTANCE: str(header.SOPInstanceUID),
    }
    return DicomVideo(
        path=path,
        sop_class=sop_class,
        sop_instance=found[INSTANCE],
        patient=found[PATIENT],
        study=found[STUDY],
        identifiers=tuple(CaseIdentifier(system=system, value=value) for system, value in found.items() if value),
        pixels_at=pixels_at,
        stream_bytes=int(header.get("EncapsulatedPixelDataValueTotalLength", 0) or 0),
    )


def _skip_offsets(source: IO[bytes]) -> None:
    length = _next_item(source)
    if length is None:
        raise DicomRefused
    source.seek(length, 1)


def _next_item(source: IO[bytes]) -> int | None:
    """The length of the item that follows; None at the end."""
    head = source.read(8)
    if head[:4] == END:
        return None
    if len(head) < 8 or head[:4] != ITEM:
        raise DicomRefused("The stream in this object is cut off.")
    return int.from_bytes(head[4:], "little")


def _copy(source: IO[bytes], out: IO[bytes], length: int) -> None:
    left = length
    while left:
        piece = source.read(min(left, 1024 * 1024))
        if not piece:
            raise DicomRefused("The stream in this object is cut off.")
        out.write(piece)
        left -= len(piece)
