"""The words of the timeline: its lanes, and how each label in them is said.

inference/evidence says the same on its side, and tests/unit/evidence/test_labels_agree.py compares the two: a label
that only one side knows fails there, and a timeline that names it is refused when it is written.
"""

from webapp.lib.errors import ApplicationError

# What was read off the screen is shown as it was read.
FREE_LANES = frozenset({"text"})
LABEL_WORDS: dict[str, dict[str, str]] = {
    "phase": {
        "preparation": "preparation",
        "carlot-triangle-dissection": "dissection of the Calot triangle",
        "clipping-and-cutting": "clipping and cutting",
        "gallbladder-dissection": "gallbladder dissection",
        "gallbladder-packaging": "gallbladder packaging",
        "cleaning-and-coagulation": "cleaning and coagulation",
        "gallbladder-extraction": "gallbladder extraction",
        "peg_transfer": "peg transfer",
        "pattern_cutting": "pattern cutting",
        "suturing": "suturing",
        "needle_passing": "needle passing",
        "knot_tying": "knot tying",
        "organ": "organ",
    },
    "instrument": {
        "grasper": "grasper",
        "bipolar": "bipolar",
        "hook": "hook",
        "scissors": "scissors",
        "clipper": "clipper",
        "irrigator": "irrigator",
        "specimen_bag": "specimen bag",
        "needle_driver": "needle driver",
    },
    "verb": {
        "grasp": "grasping",
        "retract": "retracting",
        "dissect": "dissecting",
        "coagulate": "coagulating",
        "clip": "clipping",
        "cut": "cutting",
        "aspirate": "aspirating",
        "irrigate": "irrigating",
        "pack": "packing",
        "idle": "idling",
        "reach": "reaching",
        "lift": "lifting",
        "carry": "carrying",
        "transfer": "transferring",
        "place": "placing",
        "release": "releasing",
        "retreat": "withdrawing",
        "recover": "picking up again",
        "hold_gauze": "holding the gauze",
        "orient_needle": "orienting the needle",
        "position_needle": "positioning the needle",
        "push_needle": "pushing the needle",
        "pull_suture": "pulling the suture",
        "transfer_needle": "handing over the needle",
        "reach_suture": "reaching for the suture",
        "make_loop": "making a loop",
        "pull_through": "pulling through",
        "tighten": "tightening",
        "exchange": "exchanging instruments",
    },
    "target": {
        "gallbladder": "gallbladder",
        "cystic_plate": "cystic plate",
        "cystic_duct": "cystic duct",
        "cystic_artery": "cystic artery",
        "cystic_pedicle": "cystic pedicle",
        "blood_vessel": "blood vessel",
        "fluid": "fluid",
        "abdominal_wall_cavity": "abdominal wall",
        "liver": "liver",
        "adhesion": "adhesion",
        "omentum": "omentum",
        "peritoneum": "peritoneum",
        "gut": "gut",
        "specimen_bag": "specimen bag as target",
    },
    "anatomy": {
        "cystic_plate": "cystic plate in view",
        "hepatocystic_triangle": "hepatocystic triangle in view",
        "cystic_artery": "cystic artery in view",
        "cystic_duct": "cystic duct in view",
        "gallbladder": "gallbladder in view",
    },
    "critical_view": {
        "two_structures": "only two structures entering the gallbladder",
        "hepatocystic_triangle": "hepatocystic triangle cleared",
        "cystic_plate": "lower gallbladder off the cystic plate",
    },
    "finding": {
        "bleeding": "bleeding",
    },
    "body": {
        "outside": "outside the body",
    },
    "kind": {
        "laparoscopic_cholecystectomy": "a laparoscopic cholecystectomy",
        "other_laparoscopy": "another laparoscopic operation",
        "box_trainer": "an exercise in a box trainer",
        "flexible_endoscopy": "a flexible endoscopy",
        "outside_body": "a view from outside any body",
        "not_surgery": "no operation",
        "unknown": "a kind of video that is not known",
    },
    "course": {
        "repeated": "pictures that were there before",
    },
}

# The kind of video that all watchers were trained on.
CHOLECYSTECTOMY = "laparoscopic_cholecystectomy"

# What the page says of a video in which not every watcher speaks; of the operation that all were trained on, nothing.
KIND_NOTES: dict[str, str] = {
    "other_laparoscopy": "This looks like another operation than the removal of a gallbladder: phases, instruments and "
    "anatomy are not named in it.",
    "flexible_endoscopy": "This looks like a flexible endoscopy: phases, instruments and anatomy are not named in it.",
    "outside_body": "This looks like a view from outside the body: nothing is named in it.",
    "not_surgery": "This does not look like an operation: nothing is named in it.",
    "unknown": "No kind of video that the models know is likely enough: nothing is named in it.",
}
UNKNOWN_KIND = "unknown"
# Beside "unknown": the known kind that comes nearest, which opens no watcher.
LIKELIEST_KIND_NOTE = "It looks most like {kind}, {probability:.2f}."

# A loop or a still tells no course, so that phases would be guesses.
COURSE_NOTES: dict[str, str] = {
    "repeated": "Most pictures of this recording were there before, as in a loop or a still: phases are not named.",
}

# Phases of an operation are told with a prior, and a reader should know it.
PHASE_NOTE = "Phases are told from the pictures and from the order in which phases usually follow one another."


def label_words(lane: str, label: str) -> str:
    """("phase", "gallbladder-dissection") -> "gallbladder dissection": a label as answers write it.

    One of an older model that is known no more is said as it is written.
    """
    if lane in FREE_LANES:
        return label
    return LABEL_WORDS.get(lane, {}).get(label) or label.replace("_", " ").replace("-", " ")


def require_known(lane: str, label: str) -> None:
    """Raises ApplicationError for a label that a new timeline must not hold."""
    if lane not in FREE_LANES and label not in LABEL_WORDS.get(lane, {}):
        raise ApplicationError(f"There is no word for the label {label!r} in the lane {lane!r}.", "label_unknown")
