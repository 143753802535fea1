"""Why a file is refused: a code for programmes, a sentence for the surgeon who sent it. Nothing else words these."""

from inference.errors import MediaRejected

EXPORT_AGAIN = "Export it again from the recorder, as MP4 if it offers that."
SENTENCES = {
    "not_a_file": "This is a folder, a link or a device, not a video file.",
    "empty": f"The file is empty (0 bytes): the recording or the copy did not work. {EXPORT_AGAIN}",
    "playlist": "This is a playlist that points at other files, not a video. Upload the video itself.",
    "text": f"This is a text file, although its name says video. {EXPORT_AGAIN}",
    "still_image": f"This is a single picture, not a video. {EXPORT_AGAIN}",
    "document": f"This is a document or an archive, not a video. {EXPORT_AGAIN}",
    "dicom": "This is a DICOM file. Debrief takes video files: export the recording as MP4.",
    "audio_file": "This is a sound recording without a picture. Upload the video of the operation.",
    "bare_av1": f"This is a bare AV1 stream, which does not say how fast it plays. {EXPORT_AGAIN}",
    "unknown_format": f"This is not a kind of video that Debrief knows. {EXPORT_AGAIN}",
    "no_moov": (
        "The file has no video index (moov); it was probably cut off while recording or copying. Export it again."
    ),
    "unreadable": f"The file is damaged: its structure cannot be read. {EXPORT_AGAIN}",
    "no_video": f"There is no video in this file. {EXPORT_AGAIN}",
    "audio_only": "There is sound but no picture in this file. Upload the video of the operation.",
    "codec": f"The picture is stored in a way that Debrief does not accept. {EXPORT_AGAIN}",
    "no_frames": f"No picture in this file can be decoded; it is damaged or empty. {EXPORT_AGAIN}",
    "too_short": "The video is shorter than one second. There is nothing to review in it.",
    "too_long": "The video is longer than this server accepts. Split it and upload the parts.",
    "too_many_pixels": "The picture is larger than this server accepts. Export it at 8K or less.",
    "too_many_frames": "The file claims more frames in a second than any camera takes. Export it again.",
    "too_many_streams": "The file holds too many streams. Export the one camera you want to review.",
    "too_complex": "Reading this file takes more time or memory than a video should. Export it again as MP4.",
}


def rejected(code: str) -> MediaRejected:
    """The error for a code. A code without a sentence is a KeyError: every reason has its words."""
    return MediaRejected(code, SENTENCES[code])
