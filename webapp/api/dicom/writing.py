"""Our videos and signed reports as DICOM objects, for archives: the stream as it is, the PDF as it is."""

import io
from pathlib import Path

from django.utils import timezone
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from webapp.api.dicom.reading import ACCESSION, PATIENT, STUDY
from webapp.api.identifiers import identifiers_of
from webapp.lib.errors import Conflict
from webapp.skills.models import SkillReport
from webapp.skills.pdf import report_pdf
from webapp.videos.models import Video

# Archives and viewers differ in which of the two they show: OHIF plays Photographic only.
KINDS = {"photographic": "1.2.840.10008.5.1.4.1.1.77.1.4.1", "endoscopic": "1.2.840.10008.5.1.4.1.1.77.1.1.1"}
ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
# High Profile, Level 4.1, in one fragment.
H264 = "1.2.840.10008.1.2.4.102"
OBJECT_MAX_BYTES = 2 * 1024**3


def video_object(video: Video, proxy: Path, *, kind: str) -> bytes:
    """The copy that plays, whole. Raises Conflict for one that is too long to be handed over in a piece."""
    stream = proxy.read_bytes() if proxy.stat().st_size <= OBJECT_MAX_BYTES else b""
    if not stream:
        raise Conflict("This video is too long to be handed over as one object.", "dicom_too_large")
    content, data = video.content, _object(video, KINDS[kind], syntax=H264)
    data.Modality = "ES" if kind == "endoscopic" else "XC"
    data.NumberOfFrames = content.num_frames or 1
    data.Rows, data.Columns = content.height_px or 1, content.width_px or 1
    data.FrameTime = f"{1000 / (content.fps or 25):.6f}"
    data.FrameIncrementPointer = 0x00181063
    data.CineRate = round(content.fps or 25)
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "YBR_PARTIAL_420", 0
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.LossyImageCompression, data.LossyImageCompressionMethod = "01", "ISO_14496_10"
    data.LossyImageCompressionRatio = "10"
    data.BurnedInAnnotation = "NO" if content.is_text_covered else "YES"
    data.EncapsulatedPixelDataValueTotalLength = len(stream)
    data.PixelData = encapsulate([stream], has_bot=True)
    data["PixelData"].is_undefined_length = True
    return _written(data)


def report_object(report: SkillReport) -> bytes:
    """The PDF of the signature that stands."""
    data = _object(report.video, ENCAPSULATED_PDF, syntax=ExplicitVRLittleEndian, of=str(report.pk))
    document = report_pdf(report)
    data.Modality, data.ConversionType = "DOC", "WSD"
    data.DocumentTitle, data.MIMETypeOfEncapsulatedDocument = "Skill report", "application/pdf"
    data.BurnedInAnnotation = "NO"
    data.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    data.EncapsulatedDocumentLength = len(document)
    return _written(data)


def _object(video: Video, sop_class: str, *, syntax: str, of: str = "") -> FileDataset:
    """Of the case that a hospital named, or of nobody's."""
    named = {one.system: one.value for one in identifiers_of(video)}
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = UID(sop_class), UID(syntax)
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(video.pk), sop_class, of])
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    data.PatientName, data.PatientID = "", named.get(PATIENT, "")
    data.PatientBirthDate = data.PatientSex = data.ReferringPhysicianName = ""
    data.StudyInstanceUID = UID(named.get(STUDY, "")) or generate_uid(entropy_srcs=[str(video.pk), "study"])
    data.SeriesInstanceUID = generate_uid(entropy_srcs=[str(video.pk), sop_class, "series"])
    data.StudyID, data.AccessionNumber = "", named.get(ACCESSION, "")
    data.SeriesNumber = data.InstanceNumber = 1
    day = video.operated_on or video.created_at.date()
    data.StudyDate = data.ContentDate = day.strftime("%Y%m%d")
    data.StudyTime = data.ContentTime = timezone.now().strftime("%H%M%S")
    data.Manufacturer, data.AcquisitionContextSequence = "Debrief", []
    return data


def _written(data: Dataset) -> bytes:
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()
