"""Whether a question asks if a video is of some kind: "is this a cholecystectomy?", "is that real surgery?"."""

import re
from dataclasses import dataclass

from inference.evidence.kinds import VideoKind

_OPERATIONS = (VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY, VideoKind.OTHER_LAPAROSCOPY)
# Words for kinds that are told apart; a kind without any is named by people and told by nobody.
_KINDS: tuple[tuple[str, tuple[VideoKind, ...]], ...] = (
    (
        r"(?:laparoscopic )?cholecystectom(?:y|ies)|lap(?:aroscopic)? chole|gall ?bladder (?:surgery|operation)"
        r"|removal of (?:a|the) gall ?bladder",
        _OPERATIONS[:1],
    ),
    (r"box[- ]trainer|simulat(?:ion|or)|simulated|dry lab|training box|phantom", (VideoKind.BOX_TRAINER,)),
    (
        r"(?:colono|gastro|sigmoido|entero|broncho|cysto)scop(?:y|ies|ic)\w*|flexible endoscopy",
        (VideoKind.FLEXIBLE_ENDOSCOPY,),
    ),
    (r"robotic|robot[- ]assisted|da ?vinci", ()),
    (r"open surgery|open operation", ()),
    (r"[a-z]*(?:ectomy|ostomy|otomy|plasty|pexy|rrhaphy)|hernia repair|fundoplication|gastric bypass", ()),
    (r"laparoscop(?:y|ic)|keyhole|minimally invasive", _OPERATIONS),
    (r"(?:a |real |actual )*(?:surgery|operation|surgical video|surgical procedure)", _OPERATIONS),
)
_VIDEO = r"(?:this|it|that|these|here|the (?:video|recording|film|clip|operation|procedure|surgery))"
_BEFORE = (
    rf"^\W*(?:and |so )?(?:is|was|are)(?:n't)? {_VIDEO}(?: (?:video|recording|film|clip|here))?"
    r"(?: (?:of|about|from|really|indeed|perhaps|a|an|the|some|real))* "
)
_AFTER = r"(?: (?:operation|surgery|procedure|exercise|case|video|recording|training|cholecystectomy))?(?: or not)?\W*$"
_ASKED = tuple((re.compile(rf"{_BEFORE}(?P<kind>{words}){_AFTER}"), kinds) for words, kinds in _KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKind:
    """`kinds`: those that the words mean; empty for one that is not told apart."""

    text: str
    kinds: tuple[str, ...]


def kind_in(question: str) -> NamedKind | None:
    """`question` in small letters. None where no kind is asked for."""
    for pattern, kinds in _ASKED:
        found = pattern.search(question)
        if found is not None:
            return NamedKind(text=found["kind"], kinds=tuple(kind.value for kind in kinds))
    return None
