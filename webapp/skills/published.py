"""Published instruments: the names of their items as they were published, what each means in our own words.

GOALS: Vassiliou 2005, Am J Surg 190:107. OSATS: Martin 1997, Br J Surg 84:273. GEARS: Goh 2012, J Urol 187:247.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedItem:
    key: str
    name: str
    description: str
    low: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRubric:
    slug: str
    name: str
    source: str
    items: tuple[PublishedItem, ...]
    score_min: int = 1
    score_max: int = 5


DEPTH = PublishedItem(
    key="depth-perception",
    name="Depth perception",
    description="How surely instruments arrive where they are meant to, in depth.",
    low="Often misses, passes beyond or corrects slowly",
    high="Arrives at once and in the right plane",
)
BIMANUAL = PublishedItem(
    key="bimanual-dexterity",
    name="Bimanual dexterity",
    description="How far both hands work together.",
    low="One hand works, the other rests or is in the way",
    high="Both hands expose and work for each other all the time",
)
EFFICIENCY = PublishedItem(
    key="efficiency",
    name="Efficiency",
    description="How directly the task goes forward.",
    low="Tentative, changes the plan, repeats without progress",
    high="Goes on calmly, keeps to the task, turns at once to another way where one fails",
)
GOALS = PublishedRubric(
    slug="goals",
    name="GOALS",
    source="Vassiliou et al. 2005, American Journal of Surgery 190:107-113",
    items=(
        DEPTH,
        BIMANUAL,
        EFFICIENCY,
        PublishedItem(
            key="tissue-handling",
            name="Tissue handling",
            description="How gently tissue is held and moved.",
            low="Rough: tears, slips, injures what lies beside",
            high="Gentle, with the right traction and no harm",
        ),
        PublishedItem(
            key="autonomy",
            name="Autonomy",
            description="How much help was needed; a video shows little of it.",
            low="Cannot finish, even with words of advice",
            high="Finishes safely alone",
        ),
    ),
)
OSATS = PublishedRubric(
    slug="osats",
    name="OSATS global rating scale",
    source="Martin et al. 1997, British Journal of Surgery 84:273-278",
    items=(
        PublishedItem(
            key="respect-for-tissue",
            name="Respect for tissue",
            description="How carefully tissue is treated.",
            low="Needless force, or harm by the wrong use of instruments",
            high="Handled as it should be all along, with the least harm",
        ),
        PublishedItem(
            key="time-and-motion",
            name="Time and motion",
            description="How few moves are wasted.",
            low="Many needless moves",
            high="Few moves, each with a purpose",
        ),
        PublishedItem(
            key="instrument-handling",
            name="Instrument handling",
            description="How instruments are moved.",
            low="Again and again tentative or awkward",
            high="Fluent, nothing awkward",
        ),
        PublishedItem(
            key="knowledge-of-instruments",
            name="Knowledge of instruments",
            description="Whether the right instrument is asked for; a video shows little of it.",
            low="Often the wrong instrument",
            high="Knows which is needed and names it",
        ),
        PublishedItem(
            key="use-of-assistants",
            name="Use of assistants",
            description="How help is put to use; a video shows little of it.",
            low="Assistants are placed badly or not used",
            high="Assistants are used to the best effect all along",
        ),
        PublishedItem(
            key="flow-of-operation",
            name="Flow of operation and forward planning",
            description="How one step leads to the next.",
            low="Stops often, or has to think about the next step",
            high="Each step is prepared by the one before",
        ),
        PublishedItem(
            key="knowledge-of-procedure",
            name="Knowledge of specific procedure",
            description="How well the steps of this procedure are known.",
            low="Does not know it enough, needs instruction at most steps",
            high="Knows all of it",
        ),
    ),
)
GEARS = PublishedRubric(
    slug="gears",
    name="GEARS",
    source="Goh et al. 2012, Journal of Urology 187:247-252",
    items=(
        DEPTH,
        BIMANUAL,
        EFFICIENCY,
        PublishedItem(
            key="force-sensitivity",
            name="Force sensitivity",
            description="How well force is judged without feeling it.",
            low="Tears or bends what it holds, breaks sutures",
            high="Right tension on tissue and sutures, no harm",
        ),
        PublishedItem(
            key="autonomy",
            name="Autonomy",
            description="How much help was needed; a video shows little of it.",
            low="Cannot finish, even with words of advice",
            high="Finishes safely alone",
        ),
        PublishedItem(
            key="robotic-control",
            name="Robotic control",
            description="How camera, arms and hands are kept in place.",
            low="View not kept, arms collide or stand awkwardly",
            high="View always right, hands in a good position",
        ),
    ),
)
PUBLISHED = {rubric.slug: rubric for rubric in (GOALS, OSATS, GEARS)}
