"""Who acts, and by which way. Services and selectors take an Actor; the audit log writes down both."""

import getpass
from dataclasses import dataclass
from typing import Literal, get_args

from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.permissions import require_role
from webapp.accounts.selectors import AnyUser, membership_get
from webapp.lib.errors import PermissionRefused, SignInNeeded

Way = Literal["page", "api", "command", "worker"]
# What a way in may be limited to, by resource. People have all of them; what their role allows is asked besides.
Scope = Literal["videos", "conversations", "skills", "jobs", "administration"]
ALL_SCOPES: frozenset[Scope] = frozenset(get_args(Scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`membership` is None for a worker, for the command line that names nobody, and for an account without a hospital.

    `scopes`: what the way lets through.
    """

    membership: Membership | None
    via: Way
    scopes: frozenset[Scope] = ALL_SCOPES
    # Who was signed in to the machine, for `command`; the process, for `worker`.
    operator: str = ""
    account: User | None = None

    @property
    def user(self) -> User | None:
        return self.membership.user if self.membership else self.account

    @property
    def hospital(self) -> Hospital | None:
        return self.membership.hospital if self.membership else None

    @property
    def member(self) -> Membership:
        """For what only a person of ours can do. Raises PermissionRefused for a command that names nobody."""
        if self.membership is None:
            raise PermissionRefused("Name the person who does this.", "person_needed")
        return self.membership

    @property
    def person(self) -> User:
        return self.member.user

    @property
    def administrator(self) -> Membership:
        """Raises PermissionRefused for everybody else."""
        self.require("administration")
        require_role(self.member, Membership.Role.ADMIN)
        return self.member

    def require(self, scope: Scope) -> None:
        """Raises PermissionRefused. A role can do less than a scope lets through, never more."""
        if scope not in self.scopes:
            raise PermissionRefused(f"This access does not reach {scope}.", "scope_needed")


def page_actor(user: AnyUser) -> Actor:
    """Raises PermissionRefused for who is signed out, deactivated or in no hospital."""
    return Actor(membership=membership_get(user), via="page")


def account_actor(user: User) -> Actor:
    """Whoever signs in or out, whether or not they belong to a hospital."""
    membership = user.memberships.select_related("hospital", "user").order_by("created_at", "pk").first()
    return Actor(membership=membership, via="page", account=user)


def api_actor(membership: Membership, scopes: frozenset[Scope]) -> Actor:
    """Who came with a token. Raises SignInNeeded where its owner was deactivated."""
    if not membership.user.is_active:
        raise SignInNeeded("The owner of this token was deactivated.", "owner_deactivated")
    return Actor(membership=membership, via="api", scopes=scopes)


def worker_actor(worker: str) -> Actor:
    return Actor(membership=None, via="worker", operator=worker)


def command_actor(membership: Membership | None = None) -> Actor:
    """Whoever may run `manage.py` may do everything; what they did is written down under their name on the machine."""
    return Actor(membership=membership, via="command", operator=_operator())


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return ""
