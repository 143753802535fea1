"""Whoever follows an answer while it is written. They are asked who they are at the door, and again all the while."""

import uuid
from dataclasses import dataclass

from webapp.accounts.actors import Actor
from webapp.accounts.doors import actor_at_door, session_open
from webapp.conversations.selectors import answer_get_for_actor
from webapp.lib.errors import ApplicationError
from webapp.videos.looks import video_look


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`session_key` is of the session the line was opened with."""

    answer_id: uuid.UUID
    session_key: str | None = None

    def actor(self) -> Actor:
        """Who they are now. Raises SignInNeeded."""
        return actor_at_door(session_open(self.session_key), refusal="You were signed out.")

    def refusal(self) -> ApplicationError | None:
        """SignInNeeded, PermissionRefused or NotFound, or None while they may read on. Writes nothing."""
        try:
            answer_get_for_actor(self.actor(), self.answer_id)
        except ApplicationError as error:
            return error
        return None

    def look(self) -> None:
        """Once they are let in. Raises what `refusal` would return."""
        actor = self.actor()
        answer = answer_get_for_actor(actor, self.answer_id)
        video_look(actor, answer.question.conversation.video, part="answer")
