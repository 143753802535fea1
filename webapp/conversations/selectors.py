"""The only door to conversations. They are private to the person who asked; a stranger's answer is not found."""

import uuid
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, prefetch_related_objects

from webapp.accounts.actors import Actor
from webapp.conversations.models import Answer, Claim, Conversation, Question
from webapp.jobs.kinds import WorkQueue, stages_on
from webapp.jobs.models import Job
from webapp.lib.errors import NotFound
from webapp.videos.models import Video
from webapp.videos.selectors import video_get_for_actor, video_list_for_actor

Id = uuid.UUID | str
TOLD = (Answer.Status.FINISHED, Answer.Status.STOPPED)
NO_ANSWER = "There is no such answer, or it is not yours."
NO_QUESTION = "There is no such question, or it is not yours."


def conversation_for_video(*, actor: Actor, video: Video) -> Conversation | None:
    return Conversation.objects.filter(video=video, owner=actor.person).first()


def conversation_list_for_actor(actor: Actor) -> "QuerySet[Conversation]":
    """One's own, about videos that one may still see."""
    actor.require("conversations")
    visible = video_list_for_actor(actor).order_by().values("pk")
    return Conversation.objects.filter(owner=actor.person, video__in=visible)


def conversation_get_for_actor(actor: Actor, conversation_id: Id) -> Conversation:
    """Raises NotFound."""
    found = conversation_list_for_actor(actor).select_related("video__content").filter(pk=conversation_id).first()
    if found is None:
        raise NotFound("There is no such conversation, or it is not yours.")
    return found


def questions_of(conversation: Conversation) -> "QuerySet[Question]":
    return conversation.questions.prefetch_related("answers")


def question_get_for_actor(actor: Actor, question_id: Id) -> Question:
    """Raises NotFound. Whoever may no longer see the video may no longer see what was asked of it."""
    question = (
        Question.objects.select_related("conversation__video__content", "parent")
        .filter(pk=question_id, conversation__owner=actor.person)
        .first()
    )
    if question is None:
        raise NotFound(NO_QUESTION)
    video_get_for_actor(actor, question.conversation.video_id)
    return question


def answer_get_for_actor(actor: Actor, answer_id: Id) -> Answer:
    """Raises NotFound. Whoever may no longer see the video may no longer see what was asked of it."""
    answer = answers_with_context().filter(pk=answer_id, question__conversation__owner=actor.person).first()
    if answer is None:
        raise NotFound(NO_ANSWER)
    video_get_for_actor(actor, answer.question.conversation.video_id)
    return answer


def answer_get(answer_id: Id) -> Answer | None:
    """For whoever was let in before, and for the worker. Pages use `answer_get_for_actor`."""
    return answers_with_context().filter(pk=answer_id).first()


def answer_for_job(job_id: Id) -> Answer | None:
    return answers_with_context().filter(job_id=job_id).first()


def answers_with_context() -> "QuerySet[Answer]":
    return Answer.objects.select_related("job", "timeline", "question__conversation__video__content")


def answers_to_draw(conversation: Conversation) -> "QuerySet[Answer]":
    """With their claims and what those cite: as many queries for a long conversation as for a short one."""
    return (
        answers_with_context()
        .filter(question__conversation=conversation)
        .prefetch_related("claims__facts", "model_versions")
    )


def claims_for_answer(answer: Answer) -> list[Claim]:
    """With what each cites."""
    prefetch_related_objects([answer], "claims__facts")
    return list(answer.claims.all())


def answer_queue_place(answer: Answer) -> int | None:
    """1 is next. None once it is no longer waiting."""
    if answer.job is None or answer.job.status != Job.Status.QUEUED:
        return None
    before_it = Job.objects.filter(status=Job.Status.QUEUED, created_at__lt=answer.job.created_at)
    stages = [Q(kind=kind.name, stage=stage.name) for kind, stage in stages_on({WorkQueue.ANSWERS})]
    return before_it.filter(reduce(or_, stages)).count() + 1


def history_before(answer: Answer) -> list[Answer]:
    """The answers that lead to this one, oldest first: its own branch, no other. What failed half-way is left out."""
    everything = {
        other.pk: other
        for other in Answer.objects.select_related("question").filter(
            question__conversation_id=answer.question.conversation_id
        )
    }
    history: list[Answer] = []
    parent_id = answer.question.parent_id
    while parent_id is not None:
        earlier = everything[parent_id]
        history.append(earlier)
        parent_id = earlier.question.parent_id
    return [earlier for earlier in reversed(history) if earlier.text and earlier.status in TOLD]
