"""Work that goes on while something breaks: videos being uploaded and prepared, questions being asked and answered."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.person import Person

PAD_BYTES = 6 * 1024 * 1024
MAX_UPLOADS, MAX_QUESTIONS = 4, 3
JOIN_LIMIT_S = 420


@dataclass(frozen=True)
class Asked:
    person: Person
    answer_id: str
    text: str


@dataclass
class Load:
    """`uploads` and `questions` hold what the server said yes to: that is what may not be lost."""

    clip: bytes
    people: list[Person]
    uploads: list[str] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        work = [self._upload, *(lambda person=person: self._ask(person) for person in self.people)]
        self._threads = [threading.Thread(target=self._noting_errors, args=(part,)) for part in work]
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Begins nothing new and waits for what was begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join(JOIN_LIMIT_S)
        assert not [thread for thread in self._threads if thread.is_alive()], "somebody never got through"
        assert not self.errors, self.errors

    def _upload(self) -> None:
        while not self._stop.is_set() and len(self.uploads) < MAX_UPLOADS:
            content = another(self.clip)
            self.people[0].upload(content, f"{secrets.token_hex(3)}.mp4", pause_s=0.3)
            self.uploads.append(hashlib.sha256(content).hexdigest())

    def _ask(self, person: Person) -> None:
        """Each of the person's questions waits for the end of the one before."""
        for number in range(MAX_QUESTIONS):
            text = f"What is visible at second {number}? {secrets.token_hex(4)}"
            asked = Asked(person, person.ask(person.video, text), text)
            self.questions.append(asked)
            while person.answer(asked.answer_id)["type"] != "final":
                if self._stop.wait(1.0):
                    return
            if self._stop.is_set():
                return

    def _noting_errors(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.errors.append(error)


def another(clip: bytes) -> bytes:
    """The same video in other bytes: a box that players skip, at the end."""
    padding = secrets.token_bytes(PAD_BYTES)
    return clip + (len(padding) + 8).to_bytes(4, "big") + b"free" + padding
