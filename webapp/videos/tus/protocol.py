"""The words of tus 1.0.0: its headers read strictly, its refusals, its responses. Knows no rows and no files.

Extensions: creation, creation-with-upload, checksum, expiration, termination.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from webapp.lib.errors import ApplicationError
from webapp.lib.http import PROBLEM_CONTENT_TYPE, problem_body

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CHECKSUM_ALGORITHMS = ("sha1", "sha256")
CHUNK_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460
MAX_METADATA_CHARS = 8192
# The key of Upload-Metadata under which a client declares its file's ends.
ENDS_KEY = "ends_sha256"
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Hasher(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TusRequest:
    """Method, path and headers; header names in lower case, repeated ones joined by a comma."""

    method: str
    path: str
    headers: Mapping[str, str]

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> "TusRequest":
        headers: dict[str, str] = {}
        for name_bytes, value_bytes in scope["headers"]:
            name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1").strip()
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        return cls(method=scope["method"].upper(), path=scope["path"], headers=headers)

    @property
    def content_length(self) -> int | None:
        """None for a chunked body."""
        return None if "content-length" not in self.headers else number(self, "content-length")

    @property
    def has_chunk_type(self) -> bool:
        return self.headers.get("content-type", "").split(";")[0].strip().lower() == CHUNK_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class TusResponse:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    algorithm: str
    digest: bytes

    def hasher(self) -> Hasher:
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def matches(self, hasher: Hasher) -> bool:
        return hmac.compare_digest(hasher.digest(), self.digest)


class TusRefused(Exception):
    """A request that the protocol refuses. `code` is for programs, `message` for people."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, code, message, headers)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def response(self) -> TusResponse:
        title = "Checksum Mismatch" if self.status == CHECKSUM_MISMATCH else HTTPStatus(self.status).phrase
        body = {
            "type": f"urn:debrief:problem:{self.code}",
            "title": title,
            "status": self.status,
            "detail": self.message,
            "code": self.code,
        }
        return _problem(self.status, body, headers=self.headers)


def application_problem(error: ApplicationError) -> TusResponse:
    headers = {"Retry-After": "5"} if error.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return _problem(error.status, problem_body(error), headers=headers)


def number(request: TusRequest, name: str) -> int:
    """A header that must be there and be a whole number, not negative."""
    return whole_number(request.headers.get(name, ""), name)


def whole_number(value: str, name: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise TusRefused(400, "bad_number", f"{name} must be a whole number, not negative.")
    return int(value)


def metadata(request: TusRequest) -> dict[str, str]:
    """Upload-Metadata: `key base64,key base64`. A value may be missing; keys are unique."""
    header = request.headers.get("upload-metadata", "")
    if len(header) > MAX_METADATA_CHARS:
        raise TusRefused(400, "bad_metadata", f"Upload-Metadata is longer than {MAX_METADATA_CHARS} characters.")
    pairs = [part.strip().split(" ") for part in header.split(",") if part.strip()]
    values = {pair[0]: _base64(pair[1] if len(pair) > 1 else "", "bad_metadata") for pair in pairs}
    if len(values) != len(pairs) or any(len(pair) > 2 or not pair[0].isascii() for pair in pairs):
        raise TusRefused(400, "bad_metadata", "Upload-Metadata must be unique keys, each with a base64 value.")
    return {key: value.decode("utf-8", errors="replace") for key, value in values.items()}


def declared_ends(fields: Mapping[str, str]) -> str:
    """SHA-256 of the file's ends (`hashing.ends_sha256_of`) out of the metadata; empty if it was not declared."""
    declared = fields.get(ENDS_KEY, "")
    if declared and not _SHA256.fullmatch(declared):
        raise TusRefused(400, "bad_metadata", f"{ENDS_KEY} must be a SHA-256 in lower-case hex.")
    return declared


def json_response(body: Mapping[str, Any]) -> TusResponse:
    return TusResponse(status=200, headers={"Content-Type": "application/json"}, body=json.dumps(body).encode())


def checksum(request: TusRequest) -> Checksum | None:
    """Upload-Checksum: `algorithm base64`. None if the client declared none."""
    header = request.headers.get("upload-checksum", "")
    if not header:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in CHECKSUM_ALGORITHMS:
        known = ", ".join(CHECKSUM_ALGORITHMS)
        raise TusRefused(400, "unknown_checksum", f"The checksum algorithm must be one of: {known}.")
    digest = _base64(encoded, "bad_checksum")
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise TusRefused(400, "bad_checksum", f"Upload-Checksum is not a {algorithm} in base64.")
    return Checksum(algorithm=algorithm, digest=digest)


def check_version(request: TusRequest) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise TusRefused(
            412,
            "unknown_version",
            f"This server speaks tus {VERSION}; say so in Tus-Resumable.",
            {"Tus-Version": VERSION},
        )


def _base64(text: str, code: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TusRefused(400, code, "A header holds something that is not base64.") from error


def _problem(status: int, body: Any, *, headers: dict[str, str]) -> TusResponse:
    text = json.dumps(body).encode()
    return TusResponse(status=status, headers={"Content-Type": PROBLEM_CONTENT_TYPE, **headers}, body=text)
