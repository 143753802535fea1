"""Visual concept alignment: labels become questions at the four levels, so that visual tokens get surgical names.

Everything an answer says follows from the window's labels or from the table of general knowledge; templates give the
wording. Yes and no come equally often: a question asks of what is there or, as often, of what is not.
"""

from collections.abc import Iterable
from random import Random

from inference.evidence.ontology import spoken
from inference.llava_surg.answering.knowledge import PHASE_KNOWLEDGE
from inference.llava_surg.surg_qa.clips import Clip
from inference.llava_surg.surg_qa.extraction import Level
from inference.llava_surg.surg_qa.knowledge import EVENTS, STEPS, TASKS
from inference.llava_surg.surg_qa.pairs import DESCRIBE, Pair
from inference.llava_surg.surg_qa.records import Record, clip_random, record
from inference.llava_surg.surg_qa.windows import Triplet, Window
from inference.simulator.kinds import instrument_kinds

WHICH = (
    "Which instruments are visible?",
    "What instruments do you see?",
    "Name the tools in this clip.",
    "Which tools are in the picture?",
    "What is the surgeon holding?",
    "List the instruments that can be seen.",
)
IS_THERE = (
    "Is {a} visible?",
    "Do you see {a}?",
    "Is there {a} in this clip?",
    "Does the video show {a}?",
    "Can {a} be seen?",
)
DOES_WHAT = (
    "What is the {x} doing?",
    "What does the {x} do here?",
    "What is done with the {x}?",
    "How is the {x} used?",
    "What is the {x} used for in this clip?",
)
ACTS_ON = ("What is the {x} acting on?", "Which structure does the {x} touch?", "What does the {x} work on?")
WHICH_PHASE = (
    "Which phase is this?",
    "What phase of the operation is shown?",
    "Which part of the task is this?",
    "Where are we in the procedure?",
    "Name the phase.",
)
WHY = (
    "Why is the operator {x}?",
    "What is the reason for {x}?",
    "What does {x} achieve?",
    "What is the aim of {x}?",
)
WHY_PHASE = ("What is the aim of this phase?", "Why is this phase done?", "What is this part of the procedure for?")
NEXT = (
    "What comes next?",
    "What is the next step?",
    "What will happen after this?",
    "What is usually done next?",
    "What follows this step?",
)
SUGGESTS = (
    "What does this suggest?",
    "What can be concluded from these seconds?",
    "What do you conclude from what is seen?",
    "What does this tell about the course of the task?",
)
MAX_TRIPLETS = 3


def concept_record(window: Window) -> Record | None:
    """The record of one window; None if its labels say nothing."""
    clip_id = f"{window.video_id}/{round(window.start_s)}_{round(window.end_s)}"
    pairs = concept_pairs(window, clip_random(clip_id))
    if not pairs:
        return None
    clip = Clip(clip_id=clip_id, video_id=window.video_id, start_s=window.start_s, end_s=window.end_s, text="")
    source = "CholecT50 labels" if window.task == "cholecystectomy" else "simulator truth"
    name = TASKS[window.task].name if window.task in TASKS else window.task
    return record(clip, pairs, procedure=name, source=source)


def concept_pairs(window: Window, random: Random) -> list[Pair]:
    """Description first, then the levels in order."""
    pairs = [
        *_observations(window, random),
        *_reasons(window, random),
        *_plans(window, random),
        *_deductions(window, random),
    ]
    return [pair for pair in pairs if pair.answer]


def _observations(window: Window, random: Random) -> list[Pair]:
    pairs = [_pair("observation", random.choice(DESCRIBE), describe(window))]
    if window.instruments:
        pairs.append(
            _pair("observation", random.choice(WHICH), _capital(f"{_listed(map(_article, window.instruments))}."))
        )
    pairs.append(_yes_no(window, random))
    for instrument, triplets in _by_instrument(window).items():
        name = spoken_label(instrument)
        pairs.append(_pair("observation", random.choice(DOES_WHAT).format(x=name), f"{_clause(triplets)}."))
        if random.random() < 0.5:
            targets = _listed(dict.fromkeys(spoken_label(target) for _, _, target in triplets))
            pairs.append(_pair("observation", random.choice(ACTS_ON).format(x=name), f"The {targets}."))
    if window.phase:
        pairs.append(_pair("observation", random.choice(WHICH_PHASE), _capital(f"{spoken_label(window.phase)}.")))
    return pairs


def describe(window: Window) -> str:
    """The whole window in one or two sentences."""
    sentences = [TASKS[window.task].shows] if window.task in TASKS else []
    clauses = [_clause(triplets) for triplets in _by_instrument(window).values()]
    if clauses:
        sentences.append("; ".join([clauses[0], *(_lower(clause) for clause in clauses[1:])]) + ".")
    elif window.instruments:
        sentences.append(_capital(f"{_listed(map(_article, window.instruments))} can be seen."))
    return " ".join(sentences)


def _yes_no(window: Window, random: Random) -> Pair:
    absent = sorted(set(instrument_kinds()) - set(window.instruments))
    is_there = bool(window.instruments) and random.random() < 0.5
    name = random.choice(window.instruments if is_there else absent)
    question = random.choice(IS_THERE).format(a=_article(name))
    subject = _article(name)
    verb = "are" if subject == "scissors" else "is"
    answer = f"Yes, {subject} {verb} visible." if is_there else f"No, no {spoken_label(name)} {verb} visible."
    return _pair("observation", question, answer)


def _reasons(window: Window, random: Random) -> list[Pair]:
    pairs = [_pair("reason", random.choice(WHY).format(x=STEPS[s].doing), STEPS[s].why) for s in _steps(window)[:2]]
    if window.phase in PHASE_KNOWLEDGE:
        pairs.append(_pair("reason", random.choice(WHY_PHASE), f"The aim is {PHASE_KNOWLEDGE[window.phase].aim}."))
    elif window.task in TASKS:
        pairs.append(_pair("reason", random.choice(WHY_PHASE), TASKS[window.task].aim))
    return pairs


def _plans(window: Window, random: Random) -> list[Pair]:
    if window.next_phase:
        return [_pair("plan", random.choice(NEXT), _capital(f"{spoken_label(window.next_phase)} follows."))]
    if window.phase in PHASE_KNOWLEDGE:
        return [_pair("plan", random.choice(NEXT), f"Usually {PHASE_KNOWLEDGE[window.phase].followed_by} follows.")]
    return [_pair("plan", random.choice(NEXT), STEPS[step].follows) for step in _steps(window)[:1]]


def _deductions(window: Window, random: Random) -> list[Pair]:
    found = [EVENTS[event] for event in window.events if event in EVENTS][:2]
    if not found and window.phase in PHASE_KNOWLEDGE:
        found = [f"It suggests that {PHASE_KNOWLEDGE[window.phase].suggests}."]
    return [_pair("deduction", random.choice(SUGGESTS), " ".join(found))] if found else []


def _steps(window: Window) -> list[str]:
    """Steps the table knows, from gestures first, then from verbs."""
    names = [*window.gestures, *(verb for _, verb, _ in window.triplets)]
    return [name for name in dict.fromkeys(names) if name in STEPS]


def spoken_label(label: str) -> str:
    """`cystic_duct` -> "cystic duct"; phases in the vocabulary's own wording."""
    return spoken("phase", label)


def _by_instrument(window: Window) -> dict[str, list[Triplet]]:
    grouped: dict[str, list[Triplet]] = {}
    for triplet in window.triplets[:MAX_TRIPLETS]:
        grouped.setdefault(triplet[0], []).append(triplet)
    return grouped


def _clause(triplets: list[Triplet]) -> str:
    """What one instrument does: "A hook dissects the gallbladder and coagulates the liver"."""
    instrument = triplets[0][0]
    deeds = [f"{_verb(verb, instrument)} the {spoken_label(target)}" for _, verb, target in triplets]
    return f"{_capital(_article(instrument))} {_listed(deeds)}"


def _verb(verb: str, instrument: str) -> str:
    if instrument == "scissors":
        return verb
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"


def _article(label: str) -> str:
    name = spoken_label(label)
    if name == "scissors":
        return name
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(clause: str) -> str:
    return clause[:1].lower() + clause[1:]


def _listed(parts: Iterable[str]) -> str:
    known = list(parts)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"


def _pair(level: Level, question: str, answer: str) -> Pair:
    return Pair(level=level, question=question, answer=answer)
