"""What only programs can do wrong, beside webapp/lib/errors.py.

ApplicationError
├── BadRequest 400
├── WrongMethod 405
├── NotAcceptable 406
├── PreconditionFailed 412
├── WrongType 415
├── PreconditionMissing 428
└── QuotaExceeded 429       permanent is False
InvalidInput 422
└── InvalidFields 422       `fields` say where; 400 for what stands in the address
"""

from dataclasses import dataclass
from typing import ClassVar

from webapp.lib.errors import ApplicationError, InvalidInput, TooManyAttempts


class BadRequest(ApplicationError):
    """The request cannot be read."""

    status = 400
    default_code = "bad_request"


class WrongMethod(ApplicationError):
    """This address does not take that method."""

    status = 405
    default_code = "wrong_method"


class NotAcceptable(ApplicationError):
    """This address has no representation of the types that were asked for."""

    status = 406
    default_code = "not_acceptable"


class PreconditionFailed(ApplicationError):
    """This has changed since it was read. Read it again, then decide."""

    status = 412
    default_code = "precondition_failed"


class WrongType(ApplicationError):
    """This address does not take a body of that type."""

    status = 415
    default_code = "wrong_type"


class PreconditionMissing(ApplicationError):
    """Say in If-Match which version this change is for."""

    status = 428
    default_code = "precondition_missing"


class QuotaExceeded(TooManyAttempts):
    """Too many requests. Wait as Retry-After says, then go on."""

    default_code = "quota_exceeded"

    def __init__(self, message: str = "", code: str = "", *, wait_s: int = 60) -> None:
        super().__init__(message, code)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """`pointer`: into the body, RFC 6901 · `parameter`: of the address. One of the two is empty."""

    detail: str
    pointer: str = ""
    parameter: str = ""

    def as_parameter(self) -> "FieldError":
        """The same of a query, whose fields have names and no places."""
        return FieldError(detail=self.detail, parameter=self.pointer.removeprefix("#/") or "query")

    def as_member(self) -> dict[str, str]:
        place = {"parameter": self.parameter} if self.parameter else {"pointer": self.pointer}
        return {"detail": self.detail, **place}


class InvalidFields(InvalidInput):
    """Some of what was sent is not valid."""

    default_code = "invalid_fields"

    def __init__(self, message: str = "", code: str = "", *, fields: tuple[FieldError, ...] = ()) -> None:
        super().__init__(message, code)
        self.fields = fields


class InvalidQuery(InvalidFields):
    """Some of what the address asks for is not valid."""

    status: ClassVar[int] = 400
    default_code = "invalid_query"
