"""Who acts, and by which way. Services and selectors take an Actor; the audit log writes down both."""

import getpass
from dataclasses import dataclass
from typing import Literal

from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.selectors import AnyUser, membership_get
from webapp.lib.errors import PermissionRefused

Way = Literal["page", "api", "command"]
Scope = Literal["read", "write", "admin"]
ALL_SCOPES: frozenset[Scope] = frozenset(("read", "write", "admin"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`membership` is None for whoever runs the command line and names nobody. `scopes`: what the way lets through."""

    membership: Membership | None
    via: Way
    scopes: frozenset[Scope] = ALL_SCOPES
    # Who was signed in to the machine, where no person of ours is; only for `command`.
    operator: str = ""

    @property
    def user(self) -> User | None:
        return self.membership.user if self.membership else None

    @property
    def hospital(self) -> Hospital | None:
        return self.membership.hospital if self.membership else None

    @property
    def person(self) -> User:
        """For what only a person of ours can do. Raises PermissionRefused for a command that names nobody."""
        if self.membership is None:
            raise PermissionRefused("Name the person who does this.", "person_needed")
        return self.membership.user

    def require(self, scope: Scope) -> None:
        """Raises PermissionRefused. A role can do less than a scope lets through, never more."""
        if scope not in self.scopes:
            raise PermissionRefused(f"This access was not given the right to {scope}.", "scope_needed")


def page_actor(user: AnyUser) -> Actor:
    """Raises PermissionRefused for who is signed out, deactivated or in no hospital."""
    return Actor(membership=membership_get(user), via="page")


def command_actor(membership: Membership | None = None) -> Actor:
    """Whoever may run `manage.py` may do everything; what they did is written down under their name on the machine."""
    return Actor(membership=membership, via="command", operator=_operator())


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return ""
