"""A set of questions about one view, with yes and no in equal shares for every label they ask of.

Which labels are asked of is drawn so that, over a training run, "yes" and "no" come equally often for each label:
otherwise a model learns the label's frequency and never looks.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from inference.evidence.ontology import in_lane
from inference.llava_surg.answering.knowledge import MILESTONES, PHASE_ORDER
from inference.llava_surg.training.questions import builder, closed_form
from inference.llava_surg.training.questions.builder import Ask, Question
from inference.llava_surg.training.questions.view import View

INSTRUMENTS = in_lane("instrument", watched_by="instrument")
CLOSED: dict[str, tuple[Ask, tuple[str, ...]]] = {
    "instrument_yes_no": (builder.instrument_yes_no, INSTRUMENTS),
    "verb_yes_no": (builder.verb_yes_no, in_lane("verb", watched_by="verb")),
    "target_yes_no": (builder.target_yes_no, in_lane("target", watched_by="target")),
    "phase_yes_no": (builder.phase_yes_no, PHASE_ORDER),
    "aim_yes_no": (builder.aim_yes_no, PHASE_ORDER),
    "next_yes_no": (builder.next_yes_no, PHASE_ORDER),
    "milestone_yes_no": (builder.milestone_yes_no, tuple(MILESTONES)),
}
CLOSED_WEIGHTS = (5, 3, 2, 2, 2, 2, 2)
OPEN: tuple[Callable[[View, Random], Question], ...] = (
    builder.phase,
    builder.instruments,
    builder.actions,
    builder.targets,
    builder.describe,
    builder.aim,
    builder.followed_by,
    builder.suggests,
)
OPEN_WEIGHTS = (2, 6, 4, 3, 14, 2, 2, 2)
SHARE_CLOSED, SHARE_WHEN, SHARE_UNANSWERABLE = 0.25, 0.1, 0.04
# Of the questions on a view in which something is named that no head looks for.
SHARE_FINDING = 0.2
# Of yes-or-no and phase questions, those that want one word.
SHARE_ONE_WORD = 0.4
# Of the questions that all want one word, those that ask for the phase by name; the rest are yes-or-no, and reasons,
# next steps and deductions, which are read out of more than one line, are asked as often as what is seen.
SHARE_NAME = 0.1
ONE_WORD_WEIGHTS = (3, 2, 2, 2, 3, 4, 4)


class QuestionDraw:
    """Draws questions and keeps count, so that answers stay balanced per label over the whole run."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def draw(self, view: View, num_questions: int) -> list[Question]:
        return [self._one(view) for _ in range(num_questions)]

    def draw_one_word(self, view: View, num_questions: int) -> list[Question]:
        """At most so many: where nothing is known of what a question would ask, it is left out."""
        drawn = [self._one_word(view) for _ in range(num_questions)]
        return [question for question in drawn if question is not None]

    def _one_word(self, view: View) -> Question | None:
        if self._random.random() < SHARE_NAME:
            return closed_form.phase(view, self._random)
        return self._closed(view, ONE_WORD_WEIGHTS, is_one_word=True)

    def _one(self, view: View) -> Question:
        named = view.lane("finding")
        if named and self._random.random() < SHARE_FINDING:
            return builder.finding(view, named[0].label, self._random)
        chance = self._random.random()
        if chance < SHARE_UNANSWERABLE:
            return builder.unanswerable(self._random)
        if chance < SHARE_UNANSWERABLE + SHARE_WHEN and view.has_timeline:
            return self._when(view)
        if chance < SHARE_UNANSWERABLE + SHARE_WHEN + SHARE_CLOSED:
            found = self._closed(view, CLOSED_WEIGHTS, is_one_word=self._random.random() < SHARE_ONE_WORD)
            if found is not None:
                return found
        return self._open(view)

    def _open(self, view: View) -> Question:
        ask = self._random.choices(OPEN, OPEN_WEIGHTS)[0]
        if ask is builder.phase and self._random.random() < SHARE_ONE_WORD:
            return closed_form.phase(view, self._random) or ask(view, self._random)
        return ask(view, self._random)

    def _when(self, view: View) -> Question:
        """Mostly of something that is there."""
        seen = [one for one in view.seen if one.lane in {"instrument", "verb", "phase"}]
        if seen and self._random.random() < 0.8:
            one = self._random.choice(seen)
            return builder.when(view, one.lane, one.label, self._random)
        return builder.when(view, "instrument", self._random.choice(INSTRUMENTS), self._random)

    def _closed(self, view: View, weights: Sequence[int], *, is_one_word: bool) -> Question | None:
        """Of all labels of a drawn kind, the one whose answer here has been given least beside its opposite."""
        kind = self._random.choices(tuple(CLOSED), weights)[0]
        ask, labels = CLOSED[kind]
        asked = [
            closed_form.yes_no(ask, view, label, self._random) if is_one_word else ask(view, label, self._random)
            for label in self._candidates(view, kind, labels)
        ]
        closed = [question for question in asked if question is not None and question.expected]
        unsure = [question for question in asked if question is not None and not question.expected]
        if unsure and self._random.random() < 0.5:
            return self._random.choice(unsure)
        if not closed:
            return None
        chosen = min(closed, key=lambda question: (self._lead(question), self._random.random()))
        self._counts[chosen.kind, chosen.about, chosen.expected] += 1
        return chosen

    def _candidates(self, view: View, kind: str, labels: Sequence[str]) -> list[str]:
        """The usual labels and whatever else this view shows in the lane."""
        lane = kind.removesuffix("_yes_no")
        return [*dict.fromkeys([*labels, *(one.label for one in view.lane(lane))])]

    def _lead(self, question: Question) -> int:
        """How much more often this answer was given for this label than the other one."""
        other = "no" if question.expected == "yes" else "yes"
        return (
            self._counts[question.kind, question.about, question.expected]
            - self._counts[question.kind, question.about, other]
        )
