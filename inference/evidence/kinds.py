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


# Kinds that frames are told apart by; "robotic" has no frames to learn from, and "unknown" is what none of them is.
CHOLECYSTECTOMY = frozenset({VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY})
OTHER_LAPAROSCOPY = frozenset({VideoKind.OTHER_LAPAROSCOPY})
OPERATIONS = CHOLECYSTECTOMY | OTHER_LAPAROSCOPY | frozenset({VideoKind.ROBOTIC})
# Where a camera goes in and out of a body.
KEYHOLE = OPERATIONS | frozenset({VideoKind.OUTSIDE_BODY})
BOX_TRAINER = frozenset({VideoKind.BOX_TRAINER})
