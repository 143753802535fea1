"""A small client of the Debrief API, typed, in one file: copy it beside your script. It needs Python 3.11 alone.

    debrief = Debrief("https://debrief.example", token="debrief_...")
    video = debrief.upload("case.mp4")
    queued = debrief.ask(video, "Which instruments are used?")

A system of a hospital that signs (SMART Backend Services) gives `token=SignedToken(...)`, which needs joserfc.
"""

import base64
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHUNK_BYTES = 8 * 1024 * 1024
TIMEOUT_S = 60
Token = str | Callable[[], str]
Body = dict[str, Any]


class DebriefError(Exception):
    """What the server refused: `problem` is its RFC 9457 body."""

    def __init__(self, status: int, problem: Body) -> None:
        self.status, self.problem = status, problem
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")


@dataclass
class Debrief:
    base_url: str
    token: Token

    def me(self) -> Body:
        return self.get("/api/v1/me")

    def videos(self, **filters: str) -> Iterator[Body]:
        """All that match (`status=`, `search=`), page by page."""
        return self.items("/api/v1/videos", **filters)

    def video(self, video_id: str) -> Body:
        return self.get(f"/api/v1/videos/{video_id}")

    def upload(self, path: str | Path) -> str:
        """The id of the video. Broken off, it is gone on with: call `resume` with the address that was logged."""
        path = Path(path)
        metadata = "filename " + base64.b64encode(path.name.encode()).decode()
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(path.stat().st_size), "Upload-Metadata": metadata}
        _, answered = self.send("POST", "/uploads", headers=headers)
        return self.resume(path, answered["Location"])

    def resume(self, path: str | Path, address: str) -> str:
        """Sends what the server does not have yet."""
        _, answered = self.send("HEAD", address, headers={"Tus-Resumable": "1.0.0"})
        offset = int(answered["Upload-Offset"])
        with Path(path).open("rb") as source:
            source.seek(offset)
            while chunk := source.read(CHUNK_BYTES):
                headers = {
                    "Tus-Resumable": "1.0.0",
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                }
                _, answered = self.send("PATCH", address, raw=chunk, headers=headers)
                offset = int(answered["Upload-Offset"])
        return str(self.get(f"/api/v1/uploads/{address.rstrip('/').rpartition('/')[2]}")["video"])

    def ask(self, video_id: str, text: str, **more: Any) -> Body:
        """Queued: `answer_url`, `events_url`, `job_url`. The same call again with `key=` asks once."""
        key = more.pop("key", "") or str(uuid.uuid4())
        body = {"text": text, **more}
        address = f"/api/v1/videos/{video_id}/questions"
        found, _ = self.send("POST", address, body=body, headers={"Idempotency-Key": key})
        return dict(found)

    def answer(self, answer_id: str) -> Body:
        return self.get(f"/api/v1/answers/{answer_id}")

    def wait(self, address: str, *, until: frozenset[str], timeout_s: float = 600, every_s: float = 2) -> Body:
        """Asks until `status` is one of `until`. Raises TimeoutError."""
        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s:
            found = self.get(address)
            if found["status"] in until:
                return found
            time.sleep(every_s)
        raise TimeoutError(address)

    def fhir(self, resource_type: str, **query: str) -> list[Body]:
        """The resources of one page of a search."""
        bundle = self.get(f"/api/fhir/R4/{resource_type}", **query)
        return [entry["resource"] for entry in bundle["entry"]]

    def items(self, address: str, **query: str) -> Iterator[Body]:
        page = self.get(address, **query)
        yield from page["items"]
        while page["next"]:
            page = self.get(page["next"])
            yield from page["items"]

    def get(self, address: str, **query: str) -> Body:
        asked = f"?{urllib.parse.urlencode(query)}" if query else ""
        found, _ = self.send("GET", address + asked)
        return dict(found)

    def send(
        self,
        method: str,
        address: str,
        *,
        body: Body | None = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Any, Mapping[str, str]]:
        """What came back (bytes unless it is JSON) and its headers. Raises DebriefError."""
        sent = {"Authorization": f"Bearer {self.token if isinstance(self.token, str) else self.token()}"}
        if body is not None:
            raw, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        url = urllib.parse.urljoin(self.base_url, address)
        request = urllib.request.Request(url, data=raw, headers={**sent, **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                return _read(response.read(), response.headers), response.headers
        except urllib.error.HTTPError as error:
            found = _read(error.read(), error.headers)
            raise DebriefError(error.code, found if isinstance(found, dict) else {}) from error


@dataclass
class SignedToken:
    """A token by a signed assertion, and the next one a little before it ends."""

    base_url: str
    client_id: str
    private_jwk: Mapping[str, Any]
    scope: str = ""
    _token: str = field(default="", repr=False)
    _until_s: float = 0

    def __call__(self) -> str:
        if time.time() > self._until_s - 30:
            self._fetch()
        return self._token

    def _fetch(self) -> None:
        from joserfc import jwk, jwt

        key = jwk.import_key(dict(self.private_jwk))
        algorithm = "ES384" if self.private_jwk["kty"] == "EC" else "RS384"
        address = urllib.parse.urljoin(self.base_url, "/oauth/token")
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": address, "jti": str(uuid.uuid4())}
        header = {"alg": algorithm, "kid": self.private_jwk["kid"]}
        assertion = jwt.encode(header, {**claims, "exp": int(time.time()) + 240}, key, algorithms=[algorithm])
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
            **({"scope": self.scope} if self.scope else {}),
        }
        request = urllib.request.Request(address, data=urllib.parse.urlencode(form).encode())
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            given = json.load(response)
        self._token, self._until_s = given["access_token"], time.time() + given["expires_in"]


def from_environment() -> Debrief:
    """DEBRIEF_URL and DEBRIEF_TOKEN."""
    return Debrief(os.environ["DEBRIEF_URL"], token=os.environ["DEBRIEF_TOKEN"])


def _read(raw: bytes, headers: Mapping[str, str]) -> Any:
    return json.loads(raw) if raw and "json" in headers.get("Content-Type", "") else raw
