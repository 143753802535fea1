"""What part of the procedure: phases of a cholecystectomy, and the box trainer's exercises, in the lane "phase".

Names of phases are CholecT50's own, its misspelt "carlot" (for Calot) as a name only.
"""

from inference.evidence.labels.label import Label


def _phase(index: int, name: str, words: str, *synonyms: str) -> Label:
    columns = {"phase": index, "simulator/phase": index}
    return Label(lane="phase", name=name, words=words, synonyms=synonyms, columns=columns)


PHASES = (
    _phase(0, "preparation", "preparation", "preparation phase", "preparatory phase", "preperation"),
    _phase(
        1,
        "carlot-triangle-dissection",
        "dissection of the Calot triangle",
        "Calot triangle dissection",
        "Calot dissection",
        "Calot's dissection",
        "dissection of Calot",
        "Calot's triangle dissection",
        "Calots triangle dissection",
        "carlot triangle dissection",
        "dissection of Calot's triangle",
        "dissection of Calot triangle",
        "dissection of the Calot's triangle",
        "dissecting the Calot triangle",
        "dissecting Calot's triangle",
        "dissection of the hepatocystic triangle",
        "hepatocystic triangle dissection",
    ),
    _phase(2, "clipping-and-cutting", "clipping and cutting", "clipping & cutting", "clip and cut phase"),
    _phase(
        3,
        "gallbladder-dissection",
        "gallbladder dissection",
        "gall bladder dissection",
        "dissection of the gallbladder",
        "dissection of the gall bladder",
        "gallblader dissection",
    ),
    _phase(
        4,
        "gallbladder-packaging",
        "gallbladder packaging",
        "gall bladder packaging",
        "gallbladder packing",
        "packaging of the gallbladder",
        "packaging",
        "packaging phase",
        "gallbladder bagging",
    ),
    _phase(
        5,
        "cleaning-and-coagulation",
        "cleaning and coagulation",
        "cleaning & coagulation",
        "coagulation and cleaning",
        "cleaning phase",
    ),
    _phase(
        6,
        "gallbladder-extraction",
        "gallbladder extraction",
        "gall bladder extraction",
        "extraction of the gallbladder",
        "extraction phase",
        "gallbladder retraction phase",
        "gallbladder retrieval",
        "gallbladder removal",
    ),
)
EXERCISES = (
    Label(lane="phase", name="peg_transfer", synonyms=("peg board",), columns={"simulator/task": 0}),
    Label(lane="phase", name="pattern_cutting", synonyms=("circle cutting",), columns={"simulator/task": 1}),
    Label(lane="phase", name="suturing", columns={"simulator/task": 2}),
    Label(lane="phase", name="needle_passing", columns={"simulator/task": 3}),
    Label(lane="phase", name="knot_tying", synonyms=("knot tieing", "tying a knot"), columns={"simulator/task": 4}),
    Label(lane="phase", name="organ", columns={"simulator/task": 5}, is_everyday=True),
)
