"""What training curricula say of the steps that truth can name: why a step is done, what follows, what to mind.

Sources, in our own words and of general content only: the Fundamentals of Laparoscopic Surgery curriculum (SAGES;
Peters et al., Surgery 2004) and its forerunner MISTELS (Derossis et al., Am J Surg 1998) for the box-trainer tasks; the
gesture vocabulary of JIGSAWS (Gao et al., M2CAI 2014) for suturing, needle passing and knots; the SAGES Safe
Cholecystectomy Program and Strasberg et al. (J Am Coll Surg 1995) for the gallbladder. No sentence here is advice.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKnowledge:
    """`doing` continues "The operator is ..."; `why` and `follows` are sentences."""

    doing: str
    why: str
    follows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskKnowledge:
    name: str
    shows: str
    aim: str


TASKS: dict[str, TaskKnowledge] = {
    "peg_transfer": TaskKnowledge(
        name="peg transfer",
        shows="A box trainer with a peg board: rings are lifted off pegs, passed in the air and set on the other side.",
        aim="It trains both hands to work together and to judge depth on a flat screen.",
    ),
    "pattern_cutting": TaskKnowledge(
        name="pattern cutting",
        shows="A box trainer with a piece of gauze on which a circle is drawn; scissors cut along the line.",
        aim="It trains accurate cutting while the other hand keeps the material under tension.",
    ),
    "suturing": TaskKnowledge(
        name="suturing",
        shows="A box trainer with a suture pad: a curved needle is driven through both edges of a cut.",
        aim="It trains to load, place and drive a needle along its own curve.",
    ),
    "needle_passing": TaskKnowledge(
        name="needle passing",
        shows="A box trainer with small hoops: a curved needle is passed through one after the other.",
        aim="It trains to guide the needle's point and to hand it from one instrument to the other.",
    ),
    "knot_tying": TaskKnowledge(
        name="knot tying",
        shows="A box trainer with a rubber drain: a thread is wound around an instrument and drawn to a knot.",
        aim="It trains to form loops, to catch the free end and to tighten evenly.",
    ),
    "organ": TaskKnowledge(
        name="a simulated gallbladder operation",
        shows="A simulated abdomen with liver, gallbladder and cystic duct.",
        aim="It follows the steps of a laparoscopic cholecystectomy.",
    ),
}

STEPS: dict[str, StepKnowledge] = {
    "reach": StepKnowledge(
        doing="moving an open instrument towards its target",
        why="The instrument must come close, jaws open, before anything can be grasped.",
        follows="The jaws will close on the target.",
    ),
    "grasp": StepKnowledge(
        doing="closing the jaws on the target",
        why="A secure grip is needed before anything is lifted or pulled.",
        follows="What is held will be lifted or pulled.",
    ),
    "lift": StepKnowledge(
        doing="lifting what is held",
        why="It has to clear the peg before it can be moved sideways.",
        follows="It will be carried towards the other hand or its place.",
    ),
    "carry": StepKnowledge(
        doing="carrying what is held through the air",
        why="It is brought to where it will be handed over or set down.",
        follows="It will be handed over or placed.",
    ),
    "transfer": StepKnowledge(
        doing="handing the ring from one instrument to the other in the air",
        why="The task asks that the ring changes hands without being put down.",
        follows="The receiving hand will carry it to a peg.",
    ),
    "place": StepKnowledge(
        doing="setting the ring on a peg",
        why="The transfer counts only when the ring sits on its peg.",
        follows="The instrument lets go and the next ring is taken.",
    ),
    "recover": StepKnowledge(
        doing="reacting to something that was dropped",
        why="What fell must be found and picked up before the task can go on.",
        follows="It will be grasped again.",
    ),
    "hold_gauze": StepKnowledge(
        doing="keeping the gauze taut",
        why="Tension keeps the line in view and lets the blades cut cleanly.",
        follows="The scissors will go on cutting along the line.",
    ),
    "cut": StepKnowledge(
        doing="cutting with scissors",
        why="The cut separates what is marked from the rest.",
        follows="The blades will move on to the next part.",
    ),
    "orient_needle": StepKnowledge(
        doing="turning the needle in the jaws",
        why="A needle held square to the jaws follows its own curve through the tissue.",
        follows="The needle's point will be brought to where it goes in.",
    ),
    "position_needle": StepKnowledge(
        doing="placing the needle's point where it shall go in",
        why="Where the point goes in decides the size of the bite.",
        follows="The needle will be pushed through along its curve.",
    ),
    "push_needle": StepKnowledge(
        doing="driving the needle through by turning the wrist",
        why="Turning along the curve of the needle spares the tissue.",
        follows="The point will be taken on the other side and pulled out.",
    ),
    "pull_suture": StepKnowledge(
        doing="pulling needle and thread through",
        why="The thread must run through until only the length needed is left.",
        follows="The needle will be handed back for the next pass.",
    ),
    "transfer_needle": StepKnowledge(
        doing="handing the needle from one instrument to the other",
        why="The needle goes back to the hand that drives it.",
        follows="The needle will be placed for the next pass.",
    ),
    "reach_suture": StepKnowledge(
        doing="taking hold of the thread",
        why="The end has to be held before a loop can be made.",
        follows="The thread will be wound around the other instrument.",
    ),
    "make_loop": StepKnowledge(
        doing="winding the thread around the other instrument",
        why="The loop is what the free end is drawn through to make the throw.",
        follows="The free end will be caught and drawn through the loop.",
    ),
    "pull_through": StepKnowledge(
        doing="drawing the free end through the loop",
        why="This turns the loop into a throw of the knot.",
        follows="Both ends will be pulled apart to tighten it.",
    ),
    "tighten": StepKnowledge(
        doing="pulling both ends apart to tighten the throw",
        why="Even tension on both ends lets the throw lie flat and hold.",
        follows="The next throw will be made, or the knot is complete.",
    ),
    "retract": StepKnowledge(
        doing="pulling tissue aside",
        why="Traction opens the view and puts the tissue to be divided under tension.",
        follows="The other instrument will dissect where the tissue is tense.",
    ),
    "dissect": StepKnowledge(
        doing="dissecting tissue",
        why="Structures must be freed and seen before anything is clipped or divided.",
        follows="Dissection will go on until the structure is free.",
    ),
    "coagulate": StepKnowledge(
        doing="coagulating tissue",
        why="Heat closes small vessels and stops oozing.",
        follows="The field will be checked and rinsed.",
    ),
    "clip": StepKnowledge(
        doing="placing a clip",
        why="Clips close a duct or vessel before it is divided.",
        follows="It will be cut between the clips.",
    ),
    "aspirate": StepKnowledge(
        doing="sucking fluid away",
        why="Blood and fluid hide what lies beneath.",
        follows="The cleared field will be looked over.",
    ),
    "irrigate": StepKnowledge(
        doing="rinsing the field",
        why="Rinsing shows whether anything still bleeds.",
        follows="The fluid will be sucked away.",
    ),
    "pack": StepKnowledge(
        doing="putting the specimen into a bag",
        why="A bag keeps bile and stones from spilling.",
        follows="The bag will be closed and taken out.",
    ),
}

EVENTS: dict[str, str] = {
    "drop": "Something was dropped: the grip was not secure when it was moved.",
    "missed_grasp": "A grasp missed and was repeated, which suggests that depth was misjudged.",
    "off_line": "The cut left the marked line, so accuracy suffered.",
    "off_target": "The needle was set down away from its mark and had to be placed again.",
    "loop_slipped": "The loop slipped and was wound again.",
    "bleeding": "Blood appeared, so a small vessel was probably opened.",
    "clip_placed": "A clip was placed, so the structure is being closed before it is divided.",
    "duct_cut": "The duct was divided after clipping.",
    "instrument_exchange": "An instrument was exchanged, so another kind of work begins.",
    "transfer_done": "A ring reached its peg, so that transfer is complete.",
    "needle_through": "The needle came through, so that pass is complete.",
    "throw_done": "A throw of the knot was completed.",
}
