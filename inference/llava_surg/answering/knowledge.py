"""What surgery's textbooks say of the phases of a laparoscopic cholecystectomy: aim, usual next step, what it implies.

The order of phases is that of the Cholec80 and CholecT50 annotations (Twinanda et al., "EndoNet", IEEE TMI 2017;
Nwoye et al., "Rendezvous", MedIA 2022). Aims and implications are our own words for what those phases contain. No
sentence here is advice.
"""

from dataclasses import dataclass

from inference.evidence.ontology import columns


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseKnowledge:
    """Each text continues "The aim is", "Usually followed by", "This suggests that"."""

    aim: str
    followed_by: str
    suggests: str


PHASE_ORDER = columns("phase")

PHASE_KNOWLEDGE = {
    "preparation": PhaseKnowledge(
        aim="to place the instruments and bring the gallbladder into view",
        followed_by="dissection of the Calot triangle",
        suggests="the dissection has not started yet",
    ),
    "carlot-triangle-dissection": PhaseKnowledge(
        aim="to free the cystic duct and the cystic artery so that both are seen before clipping",
        followed_by="clipping and cutting",
        suggests="duct and artery are not divided yet",
    ),
    "clipping-and-cutting": PhaseKnowledge(
        aim="to close and divide the cystic duct and the cystic artery",
        followed_by="gallbladder dissection",
        suggests="duct and artery have been identified",
    ),
    "gallbladder-dissection": PhaseKnowledge(
        aim="to free the gallbladder from the liver bed",
        followed_by="gallbladder packaging",
        suggests="duct and artery have been divided",
    ),
    "gallbladder-packaging": PhaseKnowledge(
        aim="to put the gallbladder into a bag so that nothing is spilled",
        followed_by="cleaning and coagulation",
        suggests="the gallbladder is free of the liver",
    ),
    "cleaning-and-coagulation": PhaseKnowledge(
        aim="to stop bleeding and rinse the liver bed",
        followed_by="gallbladder extraction",
        suggests="the gallbladder is free of the liver",
    ),
    "gallbladder-extraction": PhaseKnowledge(
        aim="to take the gallbladder out of the abdomen",
        followed_by="the end of the operation",
        suggests="the operation is close to its end",
    ),
}

# Statements about the course of the operation: true from the given place in PHASE_ORDER on.
MILESTONES = {
    "the dissection has started": 1,
    "the cystic duct and artery have been divided": 3,
    "the gallbladder is free of the liver": 4,
    "the operation is close to its end": 5,
}
