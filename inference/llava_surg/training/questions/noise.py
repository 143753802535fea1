"""Timelines as heads would write them: true ones with doubt and ragged edges, and made-up ones of any surgery.

A model trained only on perfect timelines would never learn to say that the evidence is weak.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from inference.evidence.fact import Fact
from inference.evidence.ontology import in_lane
from inference.evidence.unwatched import unknown
from inference.llava_surg.answering.knowledge import PHASE_ORDER

# Probability ranges of "sure", "likely", "unsure" and how often each is drawn.
CERTAINTIES = ((0.82, 0.99), (0.62, 0.79), (0.36, 0.58))
CERTAINTY_WEIGHTS = (0.45, 0.27, 0.28)
UNWATCHED_SHARE = 0.35

INSTRUMENTS = in_lane("instrument", watched_by="instrument")
VERBS = in_lane("verb", watched_by="verb")
TARGETS = in_lane("target", watched_by="target")
FINDINGS = in_lane("finding")
GESTURES = tuple(label for label in in_lane("verb", watched_by="simulator/gesture") if label not in VERBS)
OTHER_INSTRUMENTS = (
    "needle driver", "stapler", "trocar", "suction", "forceps", "monopolar scissors", "retractor", "specimen bag",
    "clip applier", "aspirator", "left grasper", "right grasper", "left needle driver", "right needle driver",
)  # fmt: skip
OTHER_PHASES = (
    "peg transfer", "pattern cutting", "suturing", "needle passing", "knot tying", "port placement", "mobilisation",
    "vessel sealing", "anastomosis", "closure", "idle", "reaching", "pulling the thread", "positioning the needle",
)  # fmt: skip
OTHER_TARGETS = ("peg", "gauze", "thread", "needle", "ring", "stomach", "colon", "mesentery", "appendix", "uterus")
UNWATCHED_POOLS = (
    ("instrument", INSTRUMENTS),
    ("verb", VERBS),
    ("target", TARGETS),
    ("finding", FINDINGS),
    ("finding", FINDINGS),
)
OTHER_VERBS = (*GESTURES, "suture", "staple", "spread", "grasp", "cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    facts: tuple[Fact, ...]
    start_s: float
    end_s: float


def doubted(facts: Sequence[Fact], random: Random, *, end_s: float) -> list[Fact]:
    """True facts with a drawn certainty per label and edges up to a second off; some unsure ghosts among them."""
    certainty = {(fact.lane, fact.label): _probability(random) for fact in facts}
    ragged = [
        replace(
            fact,
            start_s=max(0.0, fact.start_s + random.choice((-1, 0, 0, 1))),
            end_s=min(end_s, fact.end_s + random.choice((-1, 0, 0, 1))),
            probability=certainty[fact.lane, fact.label],
        )
        for fact in facts
    ]
    unknown = _unwatched(random, (0.0, end_s))
    hidden = {(fact.lane, fact.label) for fact in unknown}
    kept = [fact for fact in ragged if fact.end_s - fact.start_s >= 1 and (fact.lane, fact.label) not in hidden]
    return kept + _ghosts([*kept, *unknown], random, end_s=end_s) + unknown


def made_up(random: Random) -> MadeUp:
    """A timeline nobody filmed: usual or unusual labels, a clip of seconds or a stretch of an hour-long video."""
    start_s = 0 if random.random() < 0.6 else random.randrange(0, 7200)
    length_s = random.choice((10, 16, 32, 32, 60, 300, 1800)) + random.randrange(0, 9)
    window = (float(start_s), float(start_s + length_s))
    is_usual = random.random() < 0.7
    phases = list(PHASE_ORDER) if is_usual else random.sample(OTHER_PHASES, 4)
    facts = _phase_facts(phases, random, window) if random.random() < 0.9 else []
    pools = (
        ("instrument", INSTRUMENTS if is_usual else OTHER_INSTRUMENTS, 3),
        ("verb", VERBS if is_usual else OTHER_VERBS, 3),
        ("target", TARGETS if is_usual else OTHER_TARGETS, 2),
    )
    for lane, labels, most in pools:
        for label in random.sample(labels, random.randrange(0, most + 1)):
            facts += _label_facts(lane, label, random, window)
    named = {(fact.lane, fact.label) for fact in facts}
    facts += [fact for fact in _unwatched(random, window) if (fact.lane, fact.label) not in named]
    return MadeUp(facts=tuple(facts), start_s=window[0], end_s=window[1])


def _phase_facts(phases: Sequence[str], random: Random, window: tuple[float, float]) -> list[Fact]:
    """One phase, or two that follow one another."""
    start_s, end_s = window
    at = random.randrange(len(phases))
    if random.random() < 0.75 or at + 1 == len(phases):
        return [_fact("phase", phases[at], (start_s, end_s), _probability(random))]
    cut_s = start_s + round((end_s - start_s) * random.uniform(0.2, 0.8))
    return [
        _fact("phase", phases[at], (start_s, cut_s), _probability(random)),
        _fact("phase", phases[at + 1], (cut_s, end_s), _probability(random)),
    ]


def _label_facts(lane: str, label: str, random: Random, window: tuple[float, float]) -> list[Fact]:
    probability = _probability(random)
    spans = [_span(random, window) for _ in range(random.choice((1, 1, 1, 2, 3)))]
    return [_fact(lane, label, span, probability) for span in spans]


def _span(random: Random, window: tuple[float, float]) -> tuple[float, float]:
    start_s, end_s = (int(edge) for edge in window)
    if random.random() < 0.35:
        return window
    first = random.randrange(start_s, end_s)
    return float(first), float(random.randrange(first + 1, end_s + 1))


def _ghosts(facts: Sequence[Fact], random: Random, *, end_s: float) -> list[Fact]:
    """Labels that are not there and that a head would only half believe."""
    known = {(fact.lane, fact.label) for fact in facts}
    pools = (("instrument", INSTRUMENTS), ("verb", VERBS), ("target", TARGETS))
    ghosts: list[Fact] = []
    for lane, labels in pools:
        label = random.choice(labels)
        if (lane, label) not in known and random.random() < 0.25:
            span = _span(random, (0.0, max(end_s, 2.0)))
            ghosts.append(_fact(lane, label, span, random.uniform(*CERTAINTIES[2])))
    return ghosts


def _unwatched(random: Random, window: tuple[float, float]) -> list[Fact]:
    """Sometimes a label that no head watches for, as `with_unwatched` adds it when a question names one."""
    if random.random() >= UNWATCHED_SHARE:
        return []
    lane, labels = random.choice(UNWATCHED_POOLS)
    return [unknown(lane, random.choice(labels), window)]


def _fact(lane: str, label: str, span: tuple[float, float], probability: float) -> Fact:
    return Fact(lane=lane, label=label, start_s=span[0], end_s=span[1], probability=probability)


def _probability(random: Random) -> float:
    low, high = random.choices(CERTAINTIES, CERTAINTY_WEIGHTS)[0]
    return random.uniform(low, high)
