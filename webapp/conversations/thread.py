"""The branch of a conversation that is shown: questions and answers from the first to the active one, with siblings."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from webapp.conversations.models import Answer, Conversation, Question
from webapp.conversations.selectors import answers_to_draw

AnswerId = uuid.UUID
QuestionId = uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """`position` of `count`, both from 1; the ids are of the answers to show for the neighbours."""

    position: int
    count: int
    previous_id: AnswerId | None
    next_id: AnswerId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    question: Question
    answer: Answer
    question_siblings: Siblings
    answer_siblings: Siblings


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Turns to draw, oldest first: all of the shown branch, or those after `after`, which stay as they are."""

    turns: list[Turn]
    after: AnswerId | None


class Tree:
    """All questions and answers of one conversation by their ids alone, read in two queries however long it is."""

    def __init__(self, conversation: Conversation) -> None:
        self.question_of: dict[AnswerId, QuestionId] = {}
        self.parent_of: dict[QuestionId, AnswerId | None] = {}
        self._answers_of: dict[QuestionId, list[AnswerId]] = defaultdict(list)
        self._questions_after: dict[AnswerId | None, list[QuestionId]] = defaultdict(list)
        answers = Answer.objects.filter(question__conversation=conversation).order_by("created_at", "pk")
        for answer_id, question_id in answers.values_list("pk", "question_id"):
            self.question_of[answer_id] = question_id
            self._answers_of[question_id].append(answer_id)
        questions = Question.objects.filter(conversation=conversation).order_by("created_at", "pk")
        for question_id, parent_id in questions.values_list("pk", "parent_id"):
            self.parent_of[question_id] = parent_id
            if self._answers_of[question_id]:
                self._questions_after[parent_id].append(question_id)

    def newest_leaf(self, answer_id: AnswerId | None = None) -> AnswerId | None:
        """Down from an answer (or from the top) along the newest of each, to where nothing follows."""
        leaf = answer_id
        while following := self._questions_after.get(leaf):
            leaf = self._answers_of[following[-1]][-1]
        return leaf

    def path_to(self, leaf: AnswerId | None) -> list[AnswerId]:
        """The answers from the first down to this one."""
        path: list[AnswerId] = []
        while leaf is not None:
            path.append(leaf)
            leaf = self.parent_of[self.question_of[leaf]]
        return path[::-1]

    def turn(self, answer: Answer) -> Turn:
        siblings = self._questions_after[self.parent_of[answer.question_id]]
        heads = [self._answers_of[sibling][-1] for sibling in siblings]
        own_head = self._answers_of[answer.question_id][-1]
        return Turn(
            question=answer.question,
            answer=answer,
            question_siblings=_siblings(heads, own_head),
            answer_siblings=_siblings(self._answers_of[answer.question_id], answer.pk),
        )


def thread_shown(conversation: Conversation | None, *, after: AnswerId | None = None) -> Shown:
    """What the page shows. `after`: only what follows that answer; everything, if the shown branch is another."""
    if conversation is None:
        return Shown(turns=[], after=None)
    tree = Tree(conversation)
    active_id = conversation.active_answer_id
    path = tree.path_to(active_id if active_id in tree.question_of else tree.newest_leaf())
    start = path.index(after) + 1 if after in path else 0
    rows = answers_to_draw(conversation).in_bulk(path[start:]) if start else _by_id(answers_to_draw(conversation))
    turns = [tree.turn(rows[answer_id]) for answer_id in path[start:] if answer_id in rows]
    return Shown(turns=turns, after=after if start else None)


def _by_id(answers: "QuerySet[Answer]") -> dict[AnswerId, Answer]:
    return {answer.pk: answer for answer in answers}


def _siblings(ids: list[AnswerId], own: AnswerId) -> Siblings:
    index = ids.index(own)
    return Siblings(
        position=index + 1,
        count=len(ids),
        previous_id=ids[index - 1] if index > 0 else None,
        next_id=ids[index + 1] if index + 1 < len(ids) else None,
    )
