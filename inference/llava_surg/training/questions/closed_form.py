"""Questions that ask for one word: the likeliest answer, where a free one would rather abstain.

"Is a hook visible? Answer yes or no." has an answer also where the heads are unsure, so that how well a model reads and
sees can be measured apart from how readily it abstains.
"""

from dataclasses import replace
from random import Random

from inference.evidence.certainty import UNKNOWN
from inference.evidence.ontology import spoken
from inference.llava_surg.training.questions import builder
from inference.llava_surg.training.questions.builder import Ask, Question
from inference.llava_surg.training.questions.view import View

YES_OR_NO = "Answer yes or no."
ONE_NAME = "Answer with one name."


def yes_no(ask: Ask, view: View, label: str, random: Random) -> Question | None:
    """What `ask` would ask, for a yes or a no; None where nothing is known to decide from."""
    question = ask(decided(view), label, random)
    if question is None or not question.expected:
        return None
    return replace(question, text=f"{question.text} {YES_OR_NO}", answer=f"{question.expected.capitalize()}.")


def phase(view: View, random: Random) -> Question | None:
    """The likeliest phase by name; None without any."""
    question = builder.phase(decided(view), random)
    if not question.expected:
        return None
    name = spoken("phase", question.expected).capitalize()
    return replace(question, text=f"{question.text} {ONE_NAME}", answer=f"{name}.")


def decided(view: View) -> View:
    """Everything that any head saw taken as there, and of the phases only the longest."""
    seen = [replace(one, probability=1.0) for one in view.seen if one.certainty != UNKNOWN]
    longest = max((one for one in seen if one.lane == "phase"), key=lambda one: one.total_s, default=None)
    return replace(view, seen=tuple(one for one in seen if one.lane != "phase" or one is longest))
