"""What is done: actions of an operation, and what hands do in the box trainer, in the lane "verb"."""

from inference.evidence.labels.label import Label, verb_forms

VERB, GESTURE = "verb", "simulator/gesture"


def _action(name: str, words: str, *forms: str, verb: int, gesture: int | None = None) -> Label:
    columns = {VERB: verb} if gesture is None else {VERB: verb, GESTURE: gesture}
    return Label(lane="verb", name=name, words=words, synonyms=forms, columns=columns)


def _gesture(index: int, name: str, words: str) -> Label:
    """Of one word it is everyday language; of several it is known everywhere: "reaching for the suture" is no
    reaching, whatever a timeline lists."""
    return Label(lane="verb", name=name, words=words, columns={GESTURE: index}, is_everyday=" " not in words)


ACTIONS = (
    _action("grasp", "grasping", *verb_forms("grasp"), verb=0, gesture=2),
    _action("retract", "retracting", *verb_forms("retract"), "retraction", verb=1, gesture=21),
    _action("dissect", "dissecting", *verb_forms("dissect"), "dissection", "disect", "disecting", verb=2, gesture=22),
    _action(
        "coagulate",
        "coagulating",
        *verb_forms("coagulate", "cauterise", "cauterize"),
        "coagulation",
        "haemostasis",
        "hemostasis",
        verb=3,
        gesture=25,
    ),
    # A bare "clip" is the metal one, or the video.
    _action("clip", "clipping", "clipped", "cliping", verb=4, gesture=23),
    _action("cut", "cutting", "cut", "cuts", *verb_forms("transect", "divide"), verb=5, gesture=11),
    _action(
        "aspirate",
        "aspirating",
        *verb_forms("aspirate", "suction"),
        "aspiration",
        "sucking",
        "suctioning",
        verb=6,
        gesture=26,
    ),
    _action("irrigate", "irrigating", *verb_forms("irrigate", "rinse", "flush"), "irrigation", verb=7),
    _action("pack", "packing", *verb_forms("pack"), "bagging", "bagged", verb=8),
    Label(lane="verb", name="null_verb", columns={VERB: 9}),
)
GESTURES = (
    _gesture(0, "idle", "idling"),
    _gesture(1, "reach", "reaching"),
    _gesture(3, "lift", "lifting"),
    _gesture(4, "carry", "carrying"),
    _gesture(5, "transfer", "transferring"),
    _gesture(6, "place", "placing"),
    _gesture(7, "release", "releasing"),
    _gesture(8, "retreat", "withdrawing"),
    _gesture(9, "recover", "picking up again"),
    _gesture(10, "hold_gauze", "holding the gauze"),
    _gesture(12, "orient_needle", "orienting the needle"),
    _gesture(13, "position_needle", "positioning the needle"),
    _gesture(14, "push_needle", "pushing the needle"),
    _gesture(15, "pull_suture", "pulling the suture"),
    _gesture(16, "transfer_needle", "handing over the needle"),
    _gesture(17, "reach_suture", "reaching for the suture"),
    _gesture(18, "make_loop", "making a loop"),
    _gesture(19, "pull_through", "pulling through"),
    _gesture(20, "tighten", "tightening"),
    _gesture(24, "exchange", "exchanging instruments"),
)
