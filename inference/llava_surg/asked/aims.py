"""Whether a question gives the aim of a phase: "is this done to close the duct?", in whichever of its words.

Understanding is closed here too: an aim with a word that no phase's aim has ("to clip the hepatic artery") is of none.
"""

import re
from dataclasses import dataclass

_GIVEN = re.compile(
    r"\b(?:aim|purpose|goal|intention|objective|point|idea|reason)\b.{0,40}?\bto (?P<aim>[a-z].+)$"
    r"|\b(?:done|meant|intended|supposed|trying|tries|performed|in order|happening)\b(?: (?:here|now|this|in order))* "
    r"to (?P<done>[a-z].+)$"
)
_ANSWER_ME = re.compile(r"[.?!,;]?\s*(?:please\s+)?(?:just\s+)?\b(?:answer|reply|respond)\b.*$")
_EMPTY_TEXT = """
the a an and or so that then it its this these them they both be is are was were of in on at to from into with before
after here now all any nothing not for by we can safely properly completely well as
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
# Words of each phase's aim, with what people say in their place.
_WORDS = {
    "preparation": """
        place placing insert put introduce instruments tools instrument bring gallbladder view expose exposed see seen
        grasp lift set up get ready prepare operation field show visible
    """,
    "carlot-triangle-dissection": """
        free dissect isolate identify expose show skeletonise skeletonize clear prepare find cystic duct artery calot
        calot's triangle hepatocystic seen see visible clipping clipped clip
    """,
    "clipping-and-cutting": """
        close closing clip clipping seal ligate occlude divide dividing cut cutting transect cystic duct artery
    """,
    "gallbladder-dissection": """
        free detach separate dissect remove take peel off away gallbladder liver bed fossa plate
    """,
    "gallbladder-packaging": """
        put place pack packing bag bagging retrieve gallbladder specimen spilled spilt spill spillage avoid prevent
    """,
    "cleaning-and-coagulation": """
        stop bleeding control coagulate haemostasis hemostasis rinse wash irrigate clean suck suction aspirate blood
        fluid check liver bed field achieve
    """,
    "gallbladder-extraction": """
        take taking remove pull bring extract retrieve get out gallbladder bag specimen abdomen body belly
    """,
}
_BY_PHASE = {phase: frozenset(words.split()) for phase, words in _WORDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAim:
    """`text`: the aim in the question's words. `phases`: those that have it; empty for an aim of none."""

    text: str
    phases: tuple[str, ...]


def aim_in(question: str) -> NamedAim | None:
    """None where no aim is given."""
    asked = _ANSWER_ME.sub("", question.lower()).strip(" ?!.")
    found = _GIVEN.search(asked)
    if found is None:
        return None
    text = found["aim"] or found["done"]
    words = {word for word in re.findall(r"[^\W\d_]+(?:'s)?", text) if word not in _EMPTY}
    phases = tuple(phase for phase, known in _BY_PHASE.items() if words and words <= known)
    return NamedAim(text=text, phases=phases)
