"""Words that add no claim of their own: with them and labels alone a sentence is understood. Any other word ("giraffe",
"second", "carefully", a German one) may say something that no fact carries, and such a sentence is never supported."""

import re

_GRAMMAR = """
a an the this that these those it its they them he she we you i one's
is are was were be been being am has have had do does did can could would shall
in on at of to from with by during for into within over near around across under inside through along as
and or but which who whose where there here also well now so still currently indeed
any some each every such both at all
"""
_SEEING = """
visible see sees seeing seen show shows shown showing display displays displayed view viewed look looks appear appears
appearing appeared present presence identify identified identifies detect detected detects detection recognise
recognised recognize recognized observe observed observes find found notice noticed note noted noting
seem seems apparent clear clearly evident picture image images frame frames video videos footage recording
scene screen timeline evidence camera endoscope laparoscope field
"""
_DOING = """
use uses used using usage apply applies applied perform performs performed performing carry carried do doing done take
takes place happen happens happening occur occurs occurring work works worked working touch touches touched touching act
acts acted acting target targeted handle handled active activity action actions operate operated operation operating
surgery surgical procedure exercise task begin begins start starts
"""
_NAMES = """
surgeon surgeons operator operators team instrument instruments tool tools device devices structure structures organ
organs anatomy anatomical phase phases step steps stage stages part parts segment segments window stretch moment moments
time times point points seconds label type kind called named known likely probably sure gesture
whole entire given cited
"""
NEUTRAL = frozenset(" ".join((_GRAMMAR, _SEEING, _DOING, _NAMES)).split())

# Of a negated sentence; "no" and its like stand before a thing, "not" and its like before or after what is said of it.
DETERMINER_NEGATIONS = frozenset({"no", "none", "neither", "nor", "without", "nothing", "nobody"})
PREDICATE_NEGATIONS = frozenset(
    {"not", "never", "absent", "missing", "invisible", "unseen", "lacking", "lacks", "hardly", "barely", "rarely"}
)
NEGATIONS = DETERMINER_NEGATIONS | PREDICATE_NEGATIONS
ONLY = frozenset({"only", "solely", "exclusively", "alone", "just"})
THROUGHOUT = frozenset({"throughout", "always", "continuously", "constantly", "permanently"})
FINITE = frozenset(
    {"is", "are", "was", "were", "has", "have", "had", "can", "could", "do", "does", "did"}
    | {"appear", "appears", "show", "shows", "seem", "seems", "see", "sees", "occurs", "happens"}
)
DETERMINERS = frozenset({"a", "an", "the", "some", "this", "that", "these", "those", "its", "their"})
# Work on a structure is watched, not whether it lies in view.
TOUCH = frozenset({"work", "works", "worked", "working", "touch", "touched", "touches", "act", "acts", "acted"})

# Of several languages, so that no yes or no is overlooked.
YES = frozenset(
    {"yes", "yeah", "yep", "correct", "indeed", "sure", "certainly", "definitely", "absolutely", "exactly"}
    | {"ja", "jawohl", "doch", "oui", "si", "sí"}
)
NO = frozenset({"no", "nope", "nein", "non", "nee"})
# What is inferred or advised is no claim about what the picture shows.
INFERENCES = frozenset(
    {"usually", "next", "aim", "suggest", "suggests", "suggesting", "because", "will", "should", "may", "might"}
    | {"perhaps", "plan", "planned", "maybe", "possibly", "must", "therefore", "since", "if"}
)
INSUFFICIENT = "not enough evidence"
# Questions that want more than a yes or a no.
OPEN = re.compile(
    r"^\W*(?:(?:and|so|then|ok|please|but)\b\W*)*"
    r"(?:what|which|who|whom|whose|when|where|why|how|describe|list|name|tell|show|summari[sz]e|give|explain|compare)\b",
    re.IGNORECASE,
)
OR_NOT = re.compile(
    r"\bor (?:not|no|none)\b|\b(?:yes|no) or (?:yes|no)\b|\banswer (?:with )?(?:yes|no)\b", re.IGNORECASE
)
# They ask, and say nothing.
_FRAMES = """
please say think believe tell me whether if will ever yet anywhere anything correct right true answer yes no clip anyone
someone surgeon's their
"""
FRAMES = frozenset(_FRAMES.split())
