"""Every write to hospitals, departments and their people. Administrators act on their own hospital only."""

import uuid
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from webapp.accounts.actors import Actor, account_actor
from webapp.accounts.known_places import places_forget
from webapp.accounts.links import password_link_path, password_links_revoke
from webapp.accounts.models import Department, Hospital, Membership, User
from webapp.accounts.signals import account_changed
from webapp.lib.errors import Conflict, InvalidInput, NotFound


@transaction.atomic
def hospital_create(*, name: str, slug: str = "", actor: Actor | None = None) -> Hospital:
    slug = slug or slugify(name)[:50] or "hospital"
    if Hospital.objects.filter(slug=slug).exists():
        raise Conflict(f"There is already a hospital called {name}.", "hospital_exists")
    hospital = Hospital.objects.create(name=name, slug=slug)
    _tell("admin.hospital_create", actor=actor, hospital=hospital, subject=hospital, detail={"name": name})
    return hospital


@transaction.atomic
def user_create(
    *,
    email: str,
    password: str | None,
    name: str,
    hospital: Hospital,
    role: str = Membership.Role.SURGEON,
    department: Department | None = None,
    actor: Actor | None = None,
) -> User:
    """A person and their place in a hospital. Without a password they set one through a one-time link."""
    email = email.strip().lower()
    _require_department_of(hospital, department)
    if User.objects.filter(email=email).exists():
        raise _email_taken(email, hospital)
    user = User.objects.create_user(email, password, name=name.strip())
    # The administrator vouches for the address; there is no mail to confirm it with.
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    membership = Membership.objects.create(user=user, hospital=hospital, role=role, department=department)
    _tell("admin.member_add", actor=actor, hospital=hospital, subject=membership, detail={"email": email, "role": role})
    return user


def account_tied(*, user: User, provider_name: str, actor: Actor) -> None:
    """From now on a hospital's provider signs this person in. Only administrators keep a password beside it.

    So whoever is blocked at the provider is blocked here; an administrator gets in when the provider is down.
    """
    if not user.memberships.filter(role=Membership.Role.ADMIN).exists():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    for member in user.memberships.select_related("hospital"):
        detail = {"email": user.email, "provider": provider_name}
        _tell("account.sign_in_tied", actor=actor, hospital=member.hospital, subject=member, detail=detail)


def service_member_create(*, hospital: Hospital, name: str, role: str) -> Membership:
    """An account for a program: no password, no mail, no way in but tokens. Its owner writes the audit row."""
    email = f"{uuid.uuid4()}@clients.invalid"
    user = User.objects.create_user(email, None, name=name, is_service=True)
    return Membership.objects.create(user=user, hospital=hospital, role=role)


@transaction.atomic
def user_rename(*, actor: Actor, name: str) -> None:
    user = actor.person
    user.name = name.strip()
    user.save(update_fields=["name"])
    _tell_of_user("account.rename", user=user, actor=actor)


@transaction.atomic
def user_set_password(*, user: User, password: str, actor: Actor) -> None:
    """By somebody else's hand, for the demo's accounts. People set their own through a link."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _tell_of_user("admin.password_set", user=user, actor=actor)


@transaction.atomic
def user_make_password_link(*, user: User, actor: Actor) -> str:
    """The path of a one-time link; noted, since it opens the account. Raises Conflict for a deactivated account."""
    if not user.is_active:
        raise Conflict("Activate the account first.", "inactive")
    _tell_of_user("admin.member_password_link", user=user, actor=actor)
    return password_link_path(user)


@transaction.atomic
def member_update(*, actor: Actor, member: Membership, role: str, department: Department | None) -> None:
    _require_own_member(actor, member)
    _require_department_of(member.hospital, department)
    if role != Membership.Role.ADMIN:
        _require_another_admin(member)
    before = {"role": member.role, "department": str(member.department or "")}
    member.role = role
    member.department = department
    member.save(update_fields=["role", "department"])
    detail = {"email": member.user.email, "role": role, "department": str(department or ""), "before": before}
    _tell_by_admin("admin.member_update", actor=actor, subject=member, detail=detail)


@transaction.atomic
def member_deactivate(*, actor: Actor, member: Membership) -> None:
    """Ends their sessions at once. Their videos and answers stay; the account can be activated again.

    The tie to the hospital's sign-in goes too: whoever has the address there by then is asked for it anew.
    """
    _require_sole_hospital(actor, member)
    if member.user_id == actor.person.pk:
        raise Conflict("You cannot deactivate your own account.", "own_account")
    _require_another_admin(member)
    member.user.is_active = False
    member.user.save(update_fields=["is_active"])
    password_links_revoke(member.user)
    SocialAccount.objects.filter(user=member.user).delete()
    sessions_end(user=member.user)
    _tell_of_member("admin.member_deactivate", actor=actor, member=member)


@transaction.atomic
def member_activate(*, actor: Actor, member: Membership) -> None:
    _require_sole_hospital(actor, member)
    member.user.is_active = True
    member.user.save(update_fields=["is_active"])
    _tell_of_member("admin.member_activate", actor=actor, member=member)


@transaction.atomic
def member_reset_second_factor(*, actor: Actor, member: Membership) -> None:
    """For a lost phone or key: sign-in asks for the password alone until they set up a new one."""
    _require_sole_hospital(actor, member)
    Authenticator.objects.filter(user_id=member.user_id).delete()
    sessions_end(user=member.user)
    _tell_of_member("admin.member_reset_second_factor", actor=actor, member=member)


@transaction.atomic
def member_require_new_password(*, actor: Actor, member: Membership) -> None:
    """The step before a one-time link is made: allowed, and noted."""
    _require_sole_hospital(actor, member)
    if not member.user.is_active:
        raise Conflict("Activate the account first.", "inactive")
    _tell_of_member("admin.member_password_link", actor=actor, member=member)


@transaction.atomic
def department_create(*, actor: Actor, name: str, viewing: str) -> Department:
    hospital = actor.administrator.hospital
    try:
        with transaction.atomic():
            department = Department.objects.create(hospital=hospital, name=name.strip(), viewing=viewing)
    except IntegrityError as error:
        raise Conflict(f"There is already a department called {name}.", "department_exists") from error
    detail = {"name": department.name, "viewing": viewing}
    _tell_by_admin("admin.department_create", actor=actor, subject=department, detail=detail)
    return department


@transaction.atomic
def department_set_viewing(*, actor: Actor, department: Department, viewing: str) -> None:
    if department.hospital_id != actor.administrator.hospital_id:
        raise NotFound
    detail = {"name": department.name, "viewing": viewing, "before": department.viewing}
    department.viewing = viewing
    department.save(update_fields=["viewing"])
    _tell_by_admin("admin.department_set_viewing", actor=actor, subject=department, detail=detail)


@transaction.atomic
def session_end(*, user: User, session_id: int) -> None:
    """Signs one of one's own other browsers out. Raises NotFound."""
    session = UserSession.objects.filter(user_id=user.pk, pk=session_id).first()
    if session is None:
        raise NotFound
    session.end()
    _tell_of_user("account.session_end", user=user, actor=account_actor(user))


def sessions_end(*, user: User) -> None:
    """Signed out everywhere; what they signed in with before is as strange as any other browser."""
    places_forget(user)
    for session in UserSession.objects.filter(user=user):
        session.end()


def _require_own_member(actor: Actor, member: Membership) -> None:
    if member.hospital_id != actor.administrator.hospital_id:
        raise NotFound


def _require_sole_hospital(actor: Actor, member: Membership) -> None:
    """One hospital's administrator must not take over an account that another hospital relies on."""
    _require_own_member(actor, member)
    if Membership.objects.filter(user_id=member.user_id).exclude(hospital_id=member.hospital_id).exists():
        raise Conflict("This person also works at another hospital. Ask whoever runs Debrief.", "shared_account")


def _require_another_admin(member: Membership) -> None:
    """A hospital without an administrator could not add anyone. The lock makes two at once take turns."""
    if member.role != Membership.Role.ADMIN:
        return
    Hospital.objects.select_for_update().get(pk=member.hospital_id)
    others = Membership.objects.filter(
        hospital_id=member.hospital_id, role=Membership.Role.ADMIN, user__is_active=True, user__is_service=False
    ).exclude(pk=member.pk)
    if not others.exists():
        raise Conflict("A hospital needs at least one active administrator.", "last_admin")


def _require_department_of(hospital: Hospital, department: Department | None) -> None:
    if department is not None and department.hospital_id != hospital.pk:
        raise InvalidInput("That department belongs to another hospital.", "foreign_department")


def _email_taken(email: str, hospital: Hospital) -> Conflict:
    """Says no more about people elsewhere than that the address cannot be used."""
    if Membership.objects.filter(hospital=hospital, user__email=email).exists():
        return Conflict(f"{email} is already a member.", "already_member")
    return Conflict(f"{email} cannot be added. Ask whoever runs Debrief.", "email_taken")


def _tell_of_member(action: str, *, actor: Actor, member: Membership) -> None:
    detail = {"email": member.user.email}
    _tell_by_admin(action, actor=actor, subject=member, detail=detail)


def _tell_by_admin(action: str, *, actor: Actor, subject: Any, detail: dict[str, Any]) -> None:
    _tell(action, actor=actor, hospital=actor.administrator.hospital, subject=subject, detail=detail)


def _tell_of_user(action: str, *, user: User, actor: Actor) -> None:
    """In the chain of each hospital the person works in."""
    for member in user.memberships.select_related("hospital"):
        _tell(action, actor=actor, hospital=member.hospital, subject=member, detail={"email": user.email})


def _tell(action: str, *, actor: Actor | None, hospital: Hospital, subject: Any, detail: dict[str, Any]) -> None:
    account_changed.send(
        sender=None,
        actor=actor,
        hospital=hospital,
        action=action,
        object_type=subject._meta.model_name,
        object_id=str(subject.pk),
        detail=detail,
    )
