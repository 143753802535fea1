"""What surgeons ask about and no detector looks for yet: events, objects, judgements. Never denied because no timeline
names it."""

from inference.evidence.labels.label import Label, verb_forms


def _finding(name: str, *synonyms: str) -> Label:
    return Label(lane="finding", name=name, synonyms=synonyms)


FINDINGS = (
    Label(
        lane="finding",
        name="bleeding",
        synonyms=(*verb_forms("bleed"), "bled", "blood", "haemorrhage", "hemorrhage", "oozing", "blood loss"),
        columns={"bleeding": 0},
    ),
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
CRITERIA = tuple(
    Label(lane="critical_view", name=name, words=words, columns={"critical_view": index}, is_everyday=True)
    for index, (name, words) in enumerate(
        (
            ("two_structures", "only two structures entering the gallbladder"),
            ("hepatocystic_triangle", "hepatocystic triangle cleared"),
            ("cystic_plate", "lower gallbladder off the cystic plate"),
        )
    )
)
# Nobody is asked for these by name: they say what a video is, in words that are no one's label besides.
KINDS = tuple(
    Label(lane="kind", name=name, words=words, columns={"kind": index}, is_everyday=True)
    for index, (name, words) in enumerate(
        (
            ("laparoscopic_cholecystectomy", "a laparoscopic cholecystectomy"),
            ("other_laparoscopy", "another laparoscopic operation"),
            ("box_trainer", "an exercise in a box trainer"),
            ("flexible_endoscopy", "a flexible endoscopy"),
            ("outside_body", "a view from outside any body"),
            ("not_surgery", "no operation"),
            ("unknown", "a kind of video that is not known"),
        )
    )
)
# A loop or a still: nobody asks for it by name, and it says why no phases are told.
COURSE = (
    Label(
        lane="course",
        name="repeated",
        words="pictures that were there before",
        columns={"course": 0},
        is_everyday=True,
    ),
)
SCENE = (Label(lane="scene", name="simulator", columns={"scene": 0}),)
