"""The branch of a conversation that is shown: questions and answers from the first to the active one, with siblings."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from webapp.conversations.models import Answer, Conversation, Question

AnswerId = uuid.UUID


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


class Tree:
    """All questions and answers of one conversation, read in two queries."""

    def __init__(self, conversation: Conversation) -> None:
        self.answers: dict[AnswerId, Answer] = {}
        self._answers_of: dict[uuid.UUID, list[Answer]] = defaultdict(list)
        self._questions_after: dict[AnswerId | None, list[Question]] = defaultdict(list)
        questions = Question.objects.filter(conversation=conversation).order_by("created_at", "pk")
        answers = Answer.objects.filter(question__conversation=conversation).select_related(
            "job", "question__conversation__video"
        )
        for answer in answers.prefetch_related("claims", "model_versions").order_by("created_at", "pk"):
            self.answers[answer.pk] = answer
            self._answers_of[answer.question_id].append(answer)
        for question in questions:
            if self._answers_of[question.pk]:
                self._questions_after[question.parent_id].append(question)

    def newest_leaf(self, answer: Answer | None = None) -> Answer | None:
        """Down from an answer (or from the top) along the newest of each, to where nothing follows."""
        leaf = answer
        while following := self._questions_after.get(leaf.pk if leaf else None):
            leaf = self._answers_of[following[-1].pk][-1]
        return leaf

    def turns_to(self, leaf: Answer | None) -> list[Turn]:
        turns: list[Turn] = []
        while leaf is not None:
            turns.append(self._turn(leaf))
            parent_id = leaf.question.parent_id
            leaf = self.answers[parent_id] if parent_id else None
        return turns[::-1]

    def _turn(self, answer: Answer) -> Turn:
        question = answer.question
        heads = [self._answers_of[sibling.pk][-1].pk for sibling in self._questions_after[question.parent_id]]
        own_head = self._answers_of[question.pk][-1].pk
        return Turn(
            question=question,
            answer=answer,
            question_siblings=_siblings(heads, own_head),
            answer_siblings=_siblings([sibling.pk for sibling in self._answers_of[question.pk]], answer.pk),
        )


def thread_turns(conversation: Conversation | None) -> list[Turn]:
    """What the page shows, oldest first."""
    if conversation is None:
        return []
    tree = Tree(conversation)
    active = tree.answers.get(conversation.active_answer_id) if conversation.active_answer_id else None
    return tree.turns_to(active or tree.newest_leaf())


def _siblings(ids: list[AnswerId], own: AnswerId) -> Siblings:
    index = ids.index(own)
    return Siblings(
        position=index + 1,
        count=len(ids),
        previous_id=ids[index - 1] if index > 0 else None,
        next_id=ids[index + 1] if index + 1 < len(ids) else None,
    )
