"""Kinds of recordings: which one a video is decides which watchers speak."""

from enum import StrEnum


class VideoKind(StrEnum):
    LAPAROSCOPIC_CHOLECYSTECTOMY = "laparoscopic_cholecystectomy"
    OTHER_LAPAROSCOPY = "other_laparoscopy"
    ROBOTIC = "robotic"
    BOX_TRAINER = "box_trainer"
    FLEXIBLE_ENDOSCOPY = "flexible_endoscopy"
    OUTSIDE_BODY = "outside_body"
    NOT_SURGERY = "not_surgery"
    UNKNOWN = "unknown"


CHOLECYSTECTOMY = frozenset({VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY})
BOX_TRAINER = frozenset({VideoKind.BOX_TRAINER})
