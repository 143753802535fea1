"""Spreads an answer's words while it is written: to the stream at once, to the row now and then.

Deltas that come within 25 ms of one another travel as one. Without Redis the words still reach the row; once Redis is
back, the stream begins anew with the whole text, because nobody can know what it lost.
"""

import time
from uuid import UUID

import structlog
from django.db import DatabaseError

from webapp.conversations import news
from webapp.conversations.outcomes import answer_save_partial

COALESCE_S = 0.025
SAVE_EVERY_S = 2.0
# While Redis is away, one try in this time: each may cost a connection timeout.
RETRY_NEWS_S = 1.0

log = structlog.get_logger(__name__)


class AnswerWriter:
    """`text` is everything written so far, streamed or not."""

    def __init__(self, answer_id: UUID, *, worker: str) -> None:
        self.text = ""
        self._answer_id = answer_id
        self._worker = worker
        self._num_sent = 0
        self._has_lost_news = False
        self._sent_at_s = float("-inf")
        self._saved_at_s = time.monotonic()

    def write(self, text: str) -> None:
        self.text += text
        interval_s = RETRY_NEWS_S if self._has_lost_news else COALESCE_S
        if time.monotonic() - self._sent_at_s >= interval_s:
            self.flush()
        if time.monotonic() - self._saved_at_s >= SAVE_EVERY_S:
            self._save()

    def flush(self) -> None:
        if self._num_sent == len(self.text) and not self._has_lost_news:
            return
        if self._has_lost_news:
            self._start_stream_again()
        else:
            self._send()
        self._sent_at_s = time.monotonic()

    def close(self) -> None:
        """Nothing is held back any more, whatever comes next."""
        self.flush()
        if self.text:
            self._save()

    def _send(self) -> None:
        delta = {"text": self.text[self._num_sent :], "offset": self._num_sent}
        if news.announce(self._answer_id, "delta", delta):
            self._num_sent = len(self.text)
        else:
            self._has_lost_news = True

    def _start_stream_again(self) -> None:
        if not news.announce(self._answer_id, "restart"):
            return
        self._has_lost_news = False
        self._num_sent = 0
        self._send()

    def _save(self) -> None:
        self._saved_at_s = time.monotonic()
        try:
            answer_save_partial(self._answer_id, self.text, worker=self._worker)
        except DatabaseError as error:
            # The whole text is saved at the end; a busy database now is no reason to lose the answer.
            log.warning("partial_answer_not_saved", answer_id=str(self._answer_id), error=str(error))
