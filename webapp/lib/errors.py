"""What can go wrong in the web part, in words for a person. `webapp.lib.http` turns each into a response.

ApplicationError 500
├── NotFound 404            also another hospital's object: a stranger does not learn that it exists
├── SignInNeeded 401        permanent is False: it works after signing in
├── PermissionRefused 403
├── Conflict 409
├── InvalidInput 422
├── TooLarge 413
├── SlowBody 408            permanent is False
├── TooManyAttempts 429     permanent is False: it ends by waiting
├── StorageFull 507         permanent is False: it can be tried again
└── ServiceUnavailable 503  permanent is False
"""

from typing import ClassVar


class ApplicationError(Exception):
    """Something went wrong on our side."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "application_error"
    permanent: ClassVar[bool] = True

    def __init__(self, message: str = "", code: str = "") -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.code = code or self.default_code
        # Both go to super so that the error survives pickling.
        super().__init__(self.message, self.code)

    def __str__(self) -> str:
        return self.message


class NotFound(ApplicationError):
    """There is nothing here, or it is not yours to see."""

    status = 404
    default_code = "not_found"


class SignInNeeded(ApplicationError):
    """Sign in first."""

    status = 401
    default_code = "sign_in_needed"
    permanent = False


class PermissionRefused(ApplicationError):
    """You are not allowed to do this."""

    status = 403
    default_code = "permission_refused"


class Conflict(ApplicationError):
    """This has changed in the meantime. Reload the page and try again."""

    status = 409
    default_code = "conflict"


class InvalidInput(ApplicationError):
    """Something that was sent is not valid."""

    status = 422
    default_code = "invalid_input"


class TooLarge(ApplicationError):
    """This is larger than allowed."""

    status = 413
    default_code = "too_large"


class SlowBody(ApplicationError):
    """The body did not arrive in time. Nothing was changed."""

    status = 408
    default_code = "slow_body"
    permanent = False


class TooManyAttempts(ApplicationError):
    """Too many attempts. Wait a while, then try again."""

    status = 429
    default_code = "too_many_attempts"
    permanent = False


class StorageFull(ApplicationError):
    """There is no room left for this. What was uploaded is kept; try again once room has been made."""

    status = 507
    default_code = "storage_full"
    permanent = False


class ServiceUnavailable(ApplicationError):
    """A part of the service cannot be reached right now. Try again in a moment."""

    status = 503
    default_code = "service_unavailable"
    permanent = False
