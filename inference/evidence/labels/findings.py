"""What surgeons ask about and no detector looks for yet: events, objects, judgements. Never denied because no timeline
names it."""

from inference.evidence.labels.label import Label, verb_forms


def _finding(name: str, *synonyms: str) -> Label:
    return Label(lane="finding", name=name, synonyms=synonyms)


FINDINGS = (
    _finding("bleeding", *verb_forms("bleed"), "bled", "blood", "haemorrhage", "hemorrhage", "oozing", "blood loss"),
    _finding("bile leak", "bile leakage", "bile", "bile spillage", "bile spill", "leaking bile"),
    _finding("injury", *verb_forms("injure"), "injuries", "damage", "damaged", "lesion", "laceration"),
    _finding("perforation", *verb_forms("perforate")),
    _finding("thermal damage", "thermal spread", *verb_forms("burn"), "burnt", "thermal injury"),
    _finding("critical view of safety", "critical view", "cvs"),
    _finding("stones", "stone", "gallstone", "spilled stone", "stone spillage"),
    _finding("smoke", "smoky"),
    _finding("inflammation", "inflamed", "cholecystitis"),
    _finding("drain", "drainage"),
    _finding("needle"),
    _finding("suture", *verb_forms("stitch")),
    _finding("gauze", "sponge", "swab", "compress"),
    _finding("trocar", "port", "cannula"),
    _finding("cholangiogram", "cholangiography"),
    _finding("error", "mistake", "complication"),
    _finding("clip", "metal clip", "titanium clip", "hem-o-lok"),
    _finding("mesh", "meshes"),
    _finding("stent"),
    _finding("tumour", "tumor", "cancer", "metastasis", "metastases", "mass", "polyp"),
    _finding("fluorescence", "indocyanine green", "icg"),
    _finding("conversion", "converted to open surgery", "open surgery"),
    _finding("foreign body", "foreign object"),
    _finding("pressure", "insufflation"),
)
BODY = (
    Label(
        lane="body",
        name="outside",
        words="outside the body",
        synonyms=("out of the body", "outside of the body", "outside the patient", "outside the abdomen"),
        columns={"body": 0},
    ),
)
SCENE = (Label(lane="scene", name="simulator", columns={"scene": 0}),)
