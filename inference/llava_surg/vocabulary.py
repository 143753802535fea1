"""The words of the timeline: how each label of the heads is said in a sentence.

Lanes and labels are the vision heads' own (CholecT50's classes, its misspelt "carlot" kept as a label only).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

PHASES = {
    "preparation": "preparation",
    "carlot-triangle-dissection": "dissection of the Calot triangle",
    "clipping-and-cutting": "clipping and cutting",
    "gallbladder-dissection": "gallbladder dissection",
    "gallbladder-packaging": "gallbladder packaging",
    "cleaning-and-coagulation": "cleaning and coagulation",
    "gallbladder-extraction": "gallbladder extraction",
}
INSTRUMENTS = ("grasper", "bipolar", "hook", "scissors", "clipper", "irrigator")
VERBS = {
    "grasp": "grasping",
    "retract": "retracting",
    "dissect": "dissecting",
    "coagulate": "coagulating",
    "clip": "clipping",
    "cut": "cutting",
    "aspirate": "aspirating",
    "irrigate": "irrigating",
    "pack": "packing",
}
# What hands do in the box trainer (inference/simulator); they stand in the lane of actions.
GESTURES = {
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
}
TARGETS = {
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
    "specimen_bag": "specimen bag",
}
# Gestures of several words are known everywhere: "reaching for the suture" is no reaching, whatever a timeline lists.
_GESTURE_PHRASES = frozenset(("verb", label) for label, words in GESTURES.items() if " " in words)
BODY = {"outside": "outside the body"}
# What surgeons ask about and no head looks for: never denied only because no timeline names it. Label -> how people
# write it, as a pattern.
FINDINGS = {
    "bleeding": r"bleed(s|ing)?|bled|ha?emorrhage|blood",
    "bile leak": r"bile(?! duct)( leak(s|age)?)?",
    "injury": r"injur(y|ies|ed)",
    "perforation": r"perforat(ion|ions|ed)",
    "thermal damage": r"thermal (damage|spread)|burns?|burnt|burned",
    "critical view of safety": r"critical view( of safety)?|cvs",
    "stones": r"(gall)?stones?",
    "smoke": r"smoke",
    "inflammation": r"inflam(mation|ed)",
    "drain": r"drains?",
    "stapler": r"staplers?|stapled",
    "needle": r"needles?(?! driver)",
    "suture": r"sutures?|stitch(es)?",
    "gauze": r"gauzes?|sponges?|swabs?",
    "trocar": r"trocars?|ports?",
    "cholangiogram": r"cholangiogram|cholangiography",
    "error": r"errors?|mistakes?|complications?",
}
# Lanes in which only one label can be true at a time.
EXCLUSIVE_LANES = frozenset({"phase"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    lane: str
    label: str

    @property
    def key(self) -> tuple[str, str]:
        return self.lane, self.label

    @property
    def is_exclusive(self) -> bool:
        return self.lane in EXCLUSIVE_LANES


def spoken(lane: str, label: str) -> str:
    """How a label is said; an unknown one is said as it is written, with spaces."""
    known = {"phase": PHASES, "verb": VERBS | GESTURES, "target": TARGETS, "body": BODY}.get(lane, {})
    return known.get(label, label.replace("_", " ").replace("-", " "))


def mentions(text: str, others: Iterable[tuple[str, str]] = ()) -> list[Mention]:
    """Every label that `text` names: the usual ones, and `others`, (lane, label) pairs a timeline also uses.

    A phase's words do not count again as verb or target.
    """
    found: list[Mention] = []
    rest = text.lower()
    for lane, label, pattern in (*_other_patterns(_GESTURE_PHRASES.union(others)), *_patterns()):
        if pattern.search(rest):
            found.append(Mention(lane=lane, label=label))
            rest = pattern.sub(" ", rest)
    return found


@lru_cache(maxsize=64)
def _other_patterns(labels: frozenset[tuple[str, str]]) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Labels that are none of the usual: a box trainer's exercises, gestures and tools."""
    usual = {(lane, label) for lane, label, _ in _patterns()}
    ordered = sorted(labels - usual, key=lambda one: (-len(one[1]), one))
    return tuple((lane, label, re.compile(_phrase(spoken(lane, label)) + r"s?\b")) for lane, label in ordered)


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Longest first in each lane, phases before all."""
    rows = [("phase", label, _phrase(words) + r"\b") for label, words in PHASES.items()]
    rows += [("instrument", label, rf"\b{label.removesuffix('s')}s?\b") for label in INSTRUMENTS]
    rows += [("target", label, rf"\b{words}s?\b") for label, words in TARGETS.items()]
    rows += [("finding", label, rf"\b({words})\b") for label, words in FINDINGS.items()]
    rows += [("verb", label, rf"\b({label}|{label}s|{label}ed|{words})\b") for label, words in VERBS.items()]
    return tuple((lane, label, re.compile(pattern)) for lane, label, pattern in rows)


def _phrase(words: str) -> str:
    return r"\b" + r"[\s-]+".join(re.escape(word) for word in words.lower().split())
