"""One signed-in tus client, and what it sends."""

import base64
import hashlib
from typing import Any

from tests.asgi import Answered, request, session_cookie
from webapp.accounts.models import User
from webapp.videos.models import Upload

CONTENT = bytes(range(256)) * 8  # 2048 bytes
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CHUNK = {"Content-Type": "application/offset+octet-stream"}
MIB = 1024 * 1024
LARGE = b"".join(hashlib.sha256(str(n).encode()).digest() * 1024 for n in range(80))  # 2.5 MiB


class Tus:
    """One signed-in tus client."""

    def __init__(self, user: User) -> None:
        self.headers = {"Cookie": session_cookie(user), "Tus-Resumable": "1.0.0"}

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **rest: Any) -> Answered:
        return request(method, path, {**self.headers, **(headers or {})}, **rest)

    def create(self, size_bytes: int = len(CONTENT), **headers: str) -> Answered:
        return self.ask("POST", "/uploads/", {"Upload-Length": str(size_bytes), **headers})

    def created(self, size_bytes: int = len(CONTENT)) -> str:
        return (self.create(size_bytes))["Location"]

    def patch(self, path: str, offset: int, *pieces: bytes, hangs_up: bool = False, **headers: str) -> Answered:
        sent = {**CHUNK, "Upload-Offset": str(offset), **{key.replace("_", "-"): text for key, text in headers.items()}}
        return self.ask("PATCH", path, sent, pieces=pieces, hangs_up=hangs_up)

    def offset(self, path: str) -> int:
        return int((self.ask("HEAD", path))["Upload-Offset"])


def checksum_of(data: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def metadata_of(filename: str) -> str:
    return f"filename {base64.b64encode(filename.encode()).decode()},filetype dmlkZW8vbXA0"


def upload_at(path: str) -> Upload:
    return Upload.objects.get(pk=path.rsplit("/", 1)[-1])
