"""A surgeon at a browser that does not give up: what fails is tried again until it is through."""

import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx2

from tests.faults.stack import Stack

T = TypeVar("T")
CSRF = "c" * 32
CHUNK_BYTES = 1024 * 1024
PAUSE_S = 0.5
# Said for good; everything else may be different in a moment.
REFUSALS = {400, 401, 403, 404, 405, 413, 415, 422}
# The page's own limit for one request.
REQUEST_S = 40.0
SIGN_IN = """
from django.test import Client
from webapp.accounts.models import Hospital, Membership, User
hospital, _ = Hospital.objects.get_or_create(slug="faults", defaults={"name": "Faults"})
user = User.objects.create_user("%s@example.org", "correct-horse-battery", name="%s")
Membership.objects.create(user=user, hospital=hospital)
client = Client(); client.force_login(user)
print("COOKIE", client.cookies["sessionid"].value)
"""


@dataclass
class Person:
    """Signed in. Each call lasts until it succeeded; `limit_s` ends it with what went wrong last."""

    url: str
    cookie: str
    # The page of a video of theirs that is ready.
    video: str = ""
    limit_s: float = 300.0

    @classmethod
    def of(cls, stack: Stack) -> "Person":
        name = f"p{secrets.token_hex(4)}"
        said = stack.manage("shell", "-c", SIGN_IN % (name, name))
        return cls(stack.url, said.split("COOKIE ")[1].split()[0])

    def upload(self, content: bytes, filename: str, *, pause_s: float = 0.0) -> str:
        """The path of the video's page. Goes on from where the server stands, whatever comes between."""
        metadata = "filename " + base64.b64encode(filename.encode()).decode()
        headers = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        path = self._persist(lambda: self._request("POST", "/uploads/", headers=headers).headers["Location"])
        while True:
            video = self._persist(lambda: self._send_next(path, content))
            if video:
                return video
            time.sleep(pause_s)

    def ask(self, video: str, text: str) -> str:
        """The id of the answer. The same key each time: asked once, however often it is sent."""
        headers, path = {"Idempotency-Key": str(uuid4())}, f"{video}questions/"
        reply = self._persist(lambda: self._request("POST", path, data={"text": text}, headers=headers).json())
        return str(reply["answer"])

    def try_again(self, job_id: str) -> None:
        self._persist(lambda: self._request("POST", f"/jobs/{UUID(job_id)}/retry/"))

    def answer(self, answer_id: str) -> dict[str, Any]:
        return dict(self._persist(lambda: self._request("GET", f"/answers/{answer_id}/").json()))

    def first_word_s(self, answer_id: str) -> float:
        """Seconds from now to the first word on the stream."""
        started_s = time.monotonic()
        with httpx2.stream(
            "GET", f"{self.url}/answers/{answer_id}/events", headers=self._headers, timeout=120
        ) as reply:
            for line in reply.iter_lines():
                if '"type": "delta"' in line or '"type": "final"' in line:
                    return time.monotonic() - started_s
        raise AssertionError("the stream ended without a word")

    def _send_next(self, path: str, content: bytes) -> str:
        """The next chunk. Returns the video's page once the server has made one, else nothing."""
        reply = self._request("HEAD", path)
        if "Debrief-Video" in reply.headers:
            return reply.headers["Debrief-Video"]
        offset = int(reply.headers["Upload-Offset"])
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        chunk = content[offset : offset + CHUNK_BYTES]
        return self._request("PATCH", path, content=chunk, headers=headers).headers.get("Debrief-Video", "")

    @property
    def _headers(self) -> dict[str, str]:
        cookies = f"sessionid={self.cookie}; csrftoken={CSRF}"
        return {"Cookie": cookies, "X-CSRFToken": CSRF, "Tus-Resumable": "1.0.0"}

    def _request(self, method: str, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> Any:
        headers = {**self._headers, **(headers or {})}
        reply = httpx2.request(method, f"{self.url}{path}", headers=headers, timeout=REQUEST_S, **body)
        assert reply.status_code not in REFUSALS, f"{method} {path}: {reply.status_code} {reply.text[:300]}"
        if reply.is_error:
            reply.raise_for_status()
        return reply

    def _persist(self, attempt: Callable[[], T]) -> T:
        end_s = time.monotonic() + self.limit_s
        while True:
            try:
                return attempt()
            except httpx2.HTTPError as error:
                if time.monotonic() > end_s:
                    raise AssertionError(f"not through after {self.limit_s:.0f} s: {error}") from error
            time.sleep(PAUSE_S)
