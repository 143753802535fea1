"""Whoever follows an answer while it is written. They are asked who they are at the door, and again all the while."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from webapp.accounts.actors import page_actor
from webapp.accounts.doors import person_of, session_open
from webapp.conversations.selectors import answer_get_for_actor
from webapp.lib.errors import ApplicationError, SignInNeeded
from webapp.videos.looks import video_look


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`session_key` is of the session the line was opened with."""

    session_key: str | None
    answer_id: uuid.UUID

    def refusal(self) -> ApplicationError | None:
        """SignInNeeded or NotFound, or None while they may read on. Reads rows; nothing is remembered."""
        user = person_of(session_open(self.session_key))
        if user is None:
            return SignInNeeded("You were signed out.")
        try:
            answer_get_for_actor(page_actor(user), self.answer_id)
        except ApplicationError as error:
            return error
        return None

    def look(self) -> None:
        """Once they are let in. Raises what `refusal` would return."""
        refusal = self.refusal()
        if refusal is not None:
            raise refusal
        actor = page_actor(person_of(session_open(self.session_key)) or AnonymousUser())
        answer = answer_get_for_actor(actor, self.answer_id)
        video_look(actor, answer.question.conversation.video, part="answer")
