"""Questions and answers from what is known of a window, at the four levels of Surg-QA.

observation: what is there · reason: why · plan: what comes next · deduction: what it suggests. An answer follows from
the view alone, so the same code writes training data, checks a model, and works for any lanes and labels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from inference.evidence.certainty import CLEAR, UNKNOWN, UNSURE
from inference.evidence.ontology import spoken
from inference.llava_surg.answering.knowledge import MILESTONES, PHASE_KNOWLEDGE, PHASE_ORDER
from inference.llava_surg.answering.sightings import Sighting
from inference.llava_surg.training.questions import phrasing
from inference.llava_surg.training.questions.view import View

Level = Literal["observation", "reason", "plan", "deduction"]
INSUFFICIENT_PREFIX = "Not enough evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`expected`: the closed answer ("yes", "no" or a label), empty for open ones; `about`: what it was asked of."""

    text: str
    answer: str
    level: Level
    kind: str
    expected: str = ""
    about: str = ""

    @property
    def is_decision(self) -> bool:
        """Yes, no or a phase, or an abstention from one of those."""
        return self.kind.endswith("_yes_no") or self.kind == "phase"


# A yes-or-no question about one label of a view.
Ask = Callable[[View, str, Random], Question | None]


def with_article(label: str) -> str:
    """`a hook`, `an irrigator`, `scissors`."""
    if label.endswith("s") and not label.endswith("ss"):
        return label
    return f"an {label}" if label[0] in "aeiou" else f"a {label}"


def is_are(label: str) -> str:
    return "are" if with_article(label) == label else "is"


def ask(templates: Sequence[str], random: Random, label: str = "") -> str:
    text = random.choice(list(templates)).format(a=with_article(label) if label else "", x=label, X=label.capitalize())
    return (
        text.replace("Is scissors", "Are scissors")
        .replace("Was scissors", "Were scissors")
        .replace("is scissors", "are scissors")
    )


def instrument_yes_no(view: View, label: str, random: Random) -> Question:
    name = spoken("instrument", label)
    answer = _yes_no(
        view,
        view.find("instrument", label),
        yes=f"{with_article(name)} {is_are(name)} visible",
        no=f"no {name} {is_are(name)} visible",
        name=with_article(name),
    )
    text = ask(phrasing.INSTRUMENT_YES_NO, random, name)
    return _closed(text, answer, kind="instrument_yes_no", about=label)


def verb_yes_no(view: View, label: str, random: Random) -> Question:
    name = spoken("verb", label)
    answer = _yes_no(view, view.find("verb", label), yes=f"{name} is seen", no=f"no {name} is seen", name=name)
    return _closed(ask(phrasing.VERB_YES_NO, random, name), answer, kind="verb_yes_no", about=label)


def target_yes_no(view: View, label: str, random: Random) -> Question:
    name = spoken("target", label)
    answer = _yes_no(
        view,
        view.find("target", label),
        yes=f"the {name} is worked on",
        no=f"no work on the {name} is seen",
        name=f"the {name}",
    )
    return _closed(ask(phrasing.TARGET_YES_NO, random, name), answer, kind="target_yes_no", about=label)


def phase_yes_no(view: View, label: str, random: Random) -> Question:
    name = spoken("phase", label)
    answer = _yes_no(
        view, view.find("phase", label), yes=f"the phase is {name}", no=f"the phase is not {name}", name=name
    )
    return _closed(ask(phrasing.PHASE_YES_NO, random, name), answer, kind="phase_yes_no", about=label)


def finding(view: View, label: str, random: Random) -> Question:
    """Of something no head looks for: there is nothing to answer from."""
    found = view.find("finding", label)
    answer = _none_seen(view, label) if found is None else _unsure(view, found, label)
    return _open(ask(phrasing.FINDING, random, label), answer, kind="finding", about=label)


def phase(view: View, random: Random) -> Question:
    clear = view.clear("phase")
    expected = max(clear, key=lambda one: one.total_s).label if clear else ""
    return Question(
        text=ask(phrasing.PHASE, random),
        answer=_phase_answer(view),
        level="observation",
        kind="phase",
        expected=expected,
        about=expected,
    )


def instruments(view: View, random: Random) -> Question:
    answer = _listed(view, "instrument", lambda name: f"{with_article(name)} {is_are(name)} visible")
    return _open(ask(phrasing.INSTRUMENTS, random), answer or _none_seen(view, "instrument"), kind="instruments")


def actions(view: View, random: Random) -> Question:
    answer = _listed(view, "verb", lambda name: f"{name} is seen")
    return _open(ask(phrasing.ACTIONS, random), answer or _none_seen(view, "action"), kind="actions")


def targets(view: View, random: Random) -> Question:
    answer = _listed(view, "target", lambda name: f"the {name} is worked on")
    return _open(ask(phrasing.TARGETS, random), answer or _none_seen(view, "target"), kind="targets")


def when(view: View, lane: str, label: str, random: Random) -> Question:
    """Only with a timeline: the visual tokens of a small model do not tell seconds apart."""
    name = spoken(lane, label)
    templates = {"verb": phrasing.WHEN_VERB, "phase": phrasing.WHEN_PHASE}.get(lane, phrasing.WHEN)
    said = with_article(name) if lane == "instrument" else name
    found = view.find(lane, label)
    if found is None:
        answer = f"{said.capitalize()} {is_are(said)} not seen {view.whole}."
    elif found.certainty not in CLEAR:
        answer = _unsure(view, found, said)
    else:
        answer = f"{said.capitalize()} {is_are(said)} seen {view.cited(found)}."
    return _open(ask(templates, random, name), answer, kind="when", about=label)


def describe(view: View, random: Random) -> Question:
    parts = [
        _phase_answer(view) if view.lane("phase") else "",
        _listed(view, "instrument", lambda name: f"{with_article(name)} {is_are(name)} visible"),
        _listed(view, "verb", lambda name: f"{name} is seen"),
    ]
    answer = " ".join(part for part in parts if part and not part.startswith(INSUFFICIENT_PREFIX))
    return _open(ask(phrasing.DESCRIBE, random), answer or _nothing_clear(view), kind="describe")


def aim(view: View, random: Random) -> Question:
    return _known(view, ask(phrasing.AIM, random), level="reason", kind="aim")


def followed_by(view: View, random: Random) -> Question:
    return _known(view, ask(phrasing.NEXT, random), level="plan", kind="next")


def suggests(view: View, random: Random) -> Question:
    return _known(view, ask(phrasing.SUGGESTS, random), level="deduction", kind="suggests")


def aim_yes_no(view: View, label: str, random: Random) -> Question | None:
    """Is the aim of the phase the one that `label` has?"""
    said = PHASE_KNOWLEDGE[label].aim
    return _phase_closed(
        view,
        ask(phrasing.AIM_YES_NO, random, said),
        is_true=lambda now: now == label,
        because=lambda now: f"the aim is {PHASE_KNOWLEDGE[now].aim}",
        level="reason",
        kind="aim_yes_no",
        about=label,
    )


def next_yes_no(view: View, label: str, random: Random) -> Question | None:
    said = spoken("phase", label)
    return _phase_closed(
        view,
        ask(phrasing.NEXT_YES_NO, random, said),
        is_true=lambda now: PHASE_KNOWLEDGE[now].followed_by == said,
        because=lambda now: f"usually {PHASE_KNOWLEDGE[now].followed_by} comes next",
        level="plan",
        kind="next_yes_no",
        about=label,
    )


def milestone_yes_no(view: View, statement: str, random: Random) -> Question | None:
    return _phase_closed(
        view,
        ask((*phrasing.MILESTONE_YES_NO, *phrasing.MILESTONE_STRAIGHT[statement]), random, statement),
        is_true=lambda now: PHASE_ORDER.index(now) >= MILESTONES[statement],
        because=lambda now: f"the phase is {spoken('phase', now)}",
        level="deduction",
        kind="milestone_yes_no",
        about=statement,
    )


def unanswerable(random: Random) -> Question:
    return Question(
        text=random.choice(phrasing.UNANSWERABLE),
        answer=f"{INSUFFICIENT_PREFIX}: the video does not tell this.",
        level="observation",
        kind="unanswerable",
    )


def phase_now(view: View) -> Sighting | None:
    """The longest clear phase of the window."""
    return max(view.clear("phase"), key=lambda one: one.total_s, default=None)


def _yes_no(view: View, found: Sighting | None, *, yes: str, no: str, name: str) -> str:
    if found is None:
        return f"No, {no} {view.whole}."
    if found.certainty not in CLEAR:
        return _unsure(view, found, name)
    return f"Yes, {yes} {view.cited(found)}."


def _closed(text: str, answer: str, *, kind: str, about: str) -> Question:
    return Question(
        text=text, answer=answer, level="observation", kind=kind, expected=closed_answer(answer), about=about
    )


def _open(text: str, answer: str, *, kind: str, about: str = "") -> Question:
    return Question(text=text, answer=answer, level="observation", kind=kind, about=about)


def _listed(view: View, lane: str, sentence: Callable[[str], str]) -> str:
    """One sentence for each label that is sure or likely; those that are unsure are named once, as such."""
    sentences = [f"{sentence(spoken(lane, one.label)).capitalize()} {view.cited(one)}." for one in view.clear(lane)]
    doubtful = [spoken(lane, one.label) for one in view.lane(lane) if one.certainty == UNSURE]
    if doubtful and not sentences:
        return f"{INSUFFICIENT_PREFIX}: the timeline is unsure about {_joined(doubtful)} {view.whole}."
    return " ".join(sentences)


def _phase_answer(view: View) -> str:
    clear = view.clear("phase")
    if not clear:
        doubtful = view.lane("phase")
        return _unsure(view, doubtful[0], "the phase") if doubtful else _none_seen(view, "phase")
    sentences = [f"The phase is {spoken('phase', one.label)} {view.cited(one)}." for one in clear]
    return " ".join(sentences)


def _known(view: View, text: str, *, level: Level, kind: str) -> Question:
    now = phase_now(view)
    if now is None:
        answer = _phase_answer(view)
        answer = answer if answer.startswith(INSUFFICIENT_PREFIX) else _none_seen(view, "phase")
        return Question(text=text, answer=answer, level=level, kind=kind)
    knowledge = PHASE_KNOWLEDGE.get(now.label)
    name = spoken("phase", now.label)
    if knowledge is None:
        answer = f"{INSUFFICIENT_PREFIX}: nothing is known here about {name} {view.cited(now)}."
        return Question(text=text, answer=answer, level=level, kind=kind, about=now.label)
    said = {
        "aim": f"The aim is {knowledge.aim}",
        "next": f"Usually {knowledge.followed_by} comes next",
        "suggests": f"This suggests that {knowledge.suggests}",
    }[kind]
    return Question(
        text=text,
        answer=f"The phase is {name} {view.cited(now)}. {said}.",
        level=level,
        kind=kind,
        about=now.label,
    )


def _phase_closed(
    view: View,
    text: str,
    *,
    is_true: Callable[[str], bool],
    because: Callable[[str], str],
    level: Level,
    kind: str,
    about: str,
) -> Question | None:
    """None where no known phase was seen: there is nothing to reason from. From an unsure one nothing is concluded."""
    now = phase_now(view)
    if now is None and view.lane("phase"):
        return Question(text=text, answer=_phase_answer(view), level=level, kind=kind, about=about)
    if now is None or now.label not in PHASE_KNOWLEDGE:
        return None
    word = "yes" if is_true(now.label) else "no"
    answer = f"{word.capitalize()}, {because(now.label)} {view.cited(now)}."
    return Question(text=text, answer=answer, level=level, kind=kind, expected=word, about=about)


def _unsure(view: View, found: Sighting, name: str) -> str:
    if found.certainty == UNKNOWN:
        return f"{INSUFFICIENT_PREFIX}: the video is not searched for {name}."
    return f"{INSUFFICIENT_PREFIX}: the timeline is unsure about {name} {view.cited(found)}."


def _none_seen(view: View, what: str) -> str:
    return f"{INSUFFICIENT_PREFIX}: no {what} is clear {view.whole}."


def _nothing_clear(view: View) -> str:
    return f"{INSUFFICIENT_PREFIX}: nothing is clear {view.whole}."


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def closed_answer(text: str) -> str:
    """ "yes" or "no" as an answer begins with it, else empty."""
    word = text.split(",", 1)[0].split(" ", 1)[0].strip(".").lower()
    return word if word in {"yes", "no"} else ""
