"""Instruments: those that detectors look for, and those that surgeons ask for and nobody watches."""

from inference.evidence.labels.label import Label


def _watched(index: int, name: str, *synonyms: str) -> Label:
    columns = {"instrument": index, "simulator/instrument": index}
    return Label(lane="instrument", name=name, synonyms=synonyms, columns=columns)


def _unwatched(name: str, *synonyms: str) -> Label:
    return Label(lane="instrument", name=name, synonyms=synonyms)


INSTRUMENTS = (
    _watched(0, "grasper", "grasping forceps", "graspers", "graspr", "grapser", "grassper"),
    _watched(1, "bipolar", "bipolar forceps", "bipolar coagulator", "bipolar grasper", "bi polar", "biploar"),
    _watched(
        2, "hook", "hook electrode", "l hook", "electrocautery hook", "cautery hook", "monopolar hook", "diathermy hook"
    ),
    _watched(
        3,
        "scissors",
        "scissor",
        "pair of scissors",
        "sissors",
        "scisors",
        "scissers",
        "siccors",
        "monopolar scissors",
        "shears",
    ),
    _watched(
        4,
        "clipper",
        "clip applier",
        "clip applicator",
        "clip applyer",
        "clipping device",
        "clippers",
        "cliper",
        "clip aplier",
        "clip aplicator",
        "clip gun",
    ),
    _watched(
        5,
        "irrigator",
        "suction irrigator",
        "irrigator suction",
        "suction device",
        "suction tube",
        "suction irrigation device",
        "aspirator",
        "irigator",
        "irrigater",
        "irrigators",
        "sucker",
    ),
    Label(
        lane="instrument",
        name="specimen_bag",
        synonyms=("bag", "endobag", "retrieval bag", "extraction bag"),
        columns={"instrument": 6},
    ),
    Label(
        lane="instrument",
        name="needle_driver",
        synonyms=("needle holder", "needledriver", "needleholder"),
        columns={"simulator/instrument": 6},
    ),
)
UNWATCHED_INSTRUMENTS = (
    _unwatched("stapler", "stapled", "stapling", "endostapler"),
    _unwatched(
        "vessel_sealer", "vessel sealing device", "sealing device", "ligasure", "harmonic scalpel", "ultrasonic scalpel"
    ),
    _unwatched("energy_device", "electrocautery", "diathermy", "cautery", "electrosurgery", "monopolar"),
    _unwatched("forceps", "forcep", "tweezers"),
    _unwatched("dissector", "maryland", "maryland dissector"),
    _unwatched("retractor", "liver retractor"),
    _unwatched("scalpel", "knife"),
    _unwatched("catheter"),
    _unwatched("endoloop", "ligature"),
    _unwatched("robot", "robotic arm"),
)
