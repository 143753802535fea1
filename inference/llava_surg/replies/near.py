"""What is watched for nearest to what is not: offered in a refusal, and never stated."""

from inference.evidence.lanes import Key

_DUCT, _ARTERY = ("target", "cystic_duct"), ("target", "cystic_artery")
_GRASPER, _BIPOLAR, _HOOK, _CLIPPER = (("instrument", name) for name in ("grasper", "bipolar", "hook", "clipper"))
NEAR: dict[Key, tuple[Key, ...]] = {
    ("target", "common_bile_duct"): (_DUCT,),
    ("target", "hepatic_duct"): (_DUCT,),
    ("target", "duct"): (_DUCT,),
    ("target", "hepatic_artery"): (_ARTERY,),
    ("target", "artery"): (_ARTERY,),
    ("target", "hepatocystic_triangle"): (("phase", "carlot-triangle-dissection"), _DUCT, _ARTERY),
    ("target", "colon"): (("target", "gut"),),
    ("target", "duodenum"): (("target", "gut"),),
    ("instrument", "forceps"): (_GRASPER, _BIPOLAR),
    ("instrument", "dissector"): (_GRASPER, _HOOK),
    ("instrument", "energy_device"): (_HOOK, _BIPOLAR),
    ("instrument", "vessel_sealer"): (_HOOK, _BIPOLAR),
    ("instrument", "retractor"): (_GRASPER, ("verb", "retract")),
    ("instrument", "stapler"): (_CLIPPER,),
    ("instrument", "endoloop"): (_CLIPPER,),
    ("finding", "clip"): (_CLIPPER, ("verb", "clip")),
    ("finding", "bleeding"): (("verb", "coagulate"), ("verb", "aspirate")),
}
