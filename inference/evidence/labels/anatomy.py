"""What is worked on: structures that detectors look for, and structures that surgeons ask for and nobody watches."""

from inference.evidence.labels.label import Label


def _watched(index: int, name: str, *synonyms: str, words: str = "") -> Label:
    return Label(lane="target", name=name, words=words, synonyms=synonyms, columns={"target": index})


def _unwatched(name: str, *synonyms: str) -> Label:
    return Label(lane="target", name=name, synonyms=synonyms)


TARGETS = (
    _watched(0, "gallbladder", "gall bladder", "gallblader", "galbladder", "gallbladders", "gb"),
    _watched(1, "cystic_plate", "gallbladder bed", "liver bed", "gallbladder fossa"),
    _watched(2, "cystic_duct", "cystic ducts", "cistic duct", "cd"),
    _watched(3, "cystic_artery", "cystic arteries", "cistic artery"),
    _watched(4, "cystic_pedicle"),
    _watched(5, "blood_vessel", "vessel"),
    _watched(6, "fluid", "liquid"),
    _watched(7, "abdominal_wall_cavity", "abdominal wall", "abdominal cavity", words="abdominal wall"),
    _watched(8, "liver", "hepatic tissue"),
    _watched(9, "adhesion"),
    _watched(10, "omentum"),
    _watched(11, "peritoneum"),
    _watched(12, "gut", "bowel", "intestine"),
    # As something worked on; that one is in view is the instrument's to say, and what people mean.
    Label(lane="target", name="specimen_bag", words="specimen bag as target", columns={"target": 13}, is_everyday=True),
    Label(lane="target", name="null_target", columns={"target": 14}),
)
UNWATCHED_ANATOMY = (
    _unwatched("common_bile_duct", "bile duct", "cbd", "choledochus"),
    _unwatched("hepatic_duct", "common hepatic duct"),
    _unwatched("hepatic_artery", "right hepatic artery"),
    _unwatched("portal_vein"),
    _unwatched("hepatocystic_triangle", "calot", "calot triangle", "calot's triangle", "triangle of calot"),
    _unwatched("artery", "arteries"),
    _unwatched("vein"),
    _unwatched("duct"),
    _unwatched("duodenum"),
    _unwatched("stomach"),
    _unwatched("colon", "sigmoid", "caecum", "cecum"),
    _unwatched("rectum"),
    _unwatched("appendix"),
    _unwatched("mesentery"),
    _unwatched("spleen"),
    _unwatched("pancreas"),
    _unwatched("kidney"),
    _unwatched("ureter"),
    _unwatched("urinary_bladder", "bladder"),
    _unwatched("uterus"),
    _unwatched("ovary", "ovaries"),
    _unwatched("fallopian_tube"),
    _unwatched("diaphragm"),
    _unwatched("falciform_ligament", "ligament"),
    _unwatched("lymph_node"),
    _unwatched("nerve"),
    _unwatched("aorta"),
)
# Structures in view, whether or not an instrument works on them. People name them as they name what is worked on; which
# of the two is meant, the sentence tells (statement.py).
IN_VIEW = tuple(
    Label(
        lane="anatomy",
        name=name,
        words=f"{name.replace('_', ' ')} in view",
        columns={"anatomy": index},
        is_everyday=True,
    )
    for index, name in enumerate(
        ("cystic_plate", "hepatocystic_triangle", "cystic_artery", "cystic_duct", "gallbladder")
    )
)
