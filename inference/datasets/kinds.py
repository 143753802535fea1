"""Kinds of video, as the data sets tell them."""

KIND = "kind"
CHOLECYSTECTOMY = "laparoscopic_cholecystectomy"
OTHER_LAPAROSCOPY = "other_laparoscopy"
ROBOTIC = "robotic"
BOX_TRAINER = "box_trainer"
FLEXIBLE_ENDOSCOPY = "flexible_endoscopy"
OUTSIDE_BODY = "outside_body"
NOT_SURGERY = "not_surgery"
UNKNOWN = "unknown"
KINDS = (
    CHOLECYSTECTOMY, OTHER_LAPAROSCOPY, ROBOTIC, BOX_TRAINER, FLEXIBLE_ENDOSCOPY, OUTSIDE_BODY, NOT_SURGERY,
)  # fmt: skip
# Keyhole surgery of some sort: what a frame "inside the body" of an unnamed operation can be.
KEYHOLE_KINDS = frozenset({CHOLECYSTECTOMY, OTHER_LAPAROSCOPY, ROBOTIC})
BODY_OUTSIDE = "body/outside"
BOX_TRAINER_SCENE = "scene/simulator"


def kind_is(*kinds: str) -> dict[str, float]:
    """Truth of a frame whose kind is one of these."""
    return {f"{KIND}/{kind}": float(kind in kinds) for kind in KINDS}


def inside(*kinds: str) -> dict[str, float]:
    """The same, for a camera that is inside a body."""
    return kind_is(*kinds) | {BODY_OUTSIDE: 0.0, BOX_TRAINER_SCENE: 0.0}


def outside(*kinds: str) -> dict[str, float]:
    return kind_is(*kinds) | {BODY_OUTSIDE: 1.0, BOX_TRAINER_SCENE: 0.0}
