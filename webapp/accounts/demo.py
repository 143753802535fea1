"""The demo hospital and its three people, for a laptop. Passwords are made at first start and kept in one file."""

import json
import os
import secrets
from pathlib import Path
from typing import TypedDict

from django.db import transaction

from webapp.accounts.actors import command_actor
from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.services import hospital_create, user_create, user_set_password

DEMO_HOSPITAL = "Demo Hospital"
DEMO_DOMAIN = "debrief.local"
DEMO_PEOPLE = (
    (Membership.Role.SURGEON, "Sam Surgeon"),
    (Membership.Role.REVIEWER, "Robin Reviewer"),
    (Membership.Role.ADMIN, "Alex Admin"),
)
PASSWORD_BYTES = 12


class DemoAccount(TypedDict):
    role: str
    email: str
    password: str


@transaction.atomic
def demo_accounts_ensure(kept_at: Path) -> list[DemoAccount]:
    """Creates what is missing. A password is made anew only when the file that kept it is gone."""
    hospital = Hospital.objects.filter(name=DEMO_HOSPITAL).first() or hospital_create(
        name=DEMO_HOSPITAL, actor=command_actor()
    )
    kept = _read_passwords(kept_at)
    accounts = [_account(hospital, role=role, name=name, kept=kept) for role, name in DEMO_PEOPLE]
    if kept != {account["email"]: account["password"] for account in accounts}:
        _write(kept_at, accounts)
    return accounts


def _account(hospital: Hospital, *, role: Membership.Role, name: str, kept: dict[str, str]) -> DemoAccount:
    email = f"{role.value}@{DEMO_DOMAIN}"
    password = kept.get(email) or secrets.token_urlsafe(PASSWORD_BYTES)
    user = User.objects.filter(email=email).first()
    if user is None:
        user_create(email=email, password=password, name=name, hospital=hospital, role=role, actor=command_actor())
    elif email not in kept:
        user_set_password(user=user, password=password, actor=command_actor())
    return DemoAccount(role=role.value, email=email, password=password)


def _read_passwords(kept_at: Path) -> dict[str, str]:
    try:
        kept = json.loads(kept_at.read_text(encoding="utf-8"))
        return {str(account["email"]): str(account["password"]) for account in kept}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def _write(kept_at: Path, accounts: list[DemoAccount]) -> None:
    """Only the owner may read it, from the moment it exists."""
    kept_at.parent.mkdir(parents=True, exist_ok=True)
    draft = kept_at.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(accounts, file, indent=2)
    draft.replace(kept_at)
