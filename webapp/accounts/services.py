"""Every write to hospitals, departments and their people. Administrators act on their own hospital only."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from webapp.accounts.actors import Actor
from webapp.accounts.known_places import places_forget
from webapp.accounts.links import password_link_path, password_links_revoke
from webapp.accounts.models import Department, Hospital, Membership, User
from webapp.accounts.permissions import require_role
from webapp.accounts.signals import account_changed
from webapp.lib.errors import Conflict, InvalidInput, NotFound


@transaction.atomic
def hospital_create(*, name: str, slug: str = "", actor: Actor | None = None) -> Hospital:
    slug = slug or slugify(name)[:50] or "hospital"
    if Hospital.objects.filter(slug=slug).exists():
        raise Conflict(f"There is already a hospital called {name}.", "hospital_exists")
    hospital = Hospital.objects.create(name=name, slug=slug)
    _tell("hospital_create", actor=actor, hospital=hospital, subject=hospital, detail={"name": name})
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
    _tell("member_add", actor=actor, hospital=hospital, subject=membership, detail={"email": email, "role": role})
    return user


@transaction.atomic
def user_rename(*, user: User, name: str) -> None:
    user.name = name.strip()
    user.save(update_fields=["name"])


@transaction.atomic
def user_set_password(*, user: User, password: str, actor: Actor) -> None:
    """By somebody else's hand, for the demo's accounts. People set their own through a link."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _tell_of_user("password_set", user=user, actor=actor)


@transaction.atomic
def user_make_password_link(*, user: User, actor: Actor) -> str:
    """The path of a one-time link; noted, since it opens the account. Raises Conflict for a deactivated account."""
    if not user.is_active:
        raise Conflict("Activate the account first.", "inactive")
    _tell_of_user("member_password_link", user=user, actor=actor)
    return password_link_path(user)


@transaction.atomic
def member_update(*, admin: Membership, member: Membership, role: str, department: Department | None) -> None:
    _require_own_member(admin, member)
    _require_department_of(admin.hospital, department)
    if role != Membership.Role.ADMIN:
        _require_another_admin(member)
    before = {"role": member.role, "department": str(member.department or "")}
    member.role = role
    member.department = department
    member.save(update_fields=["role", "department"])
    detail = {"email": member.user.email, "role": role, "department": str(department or ""), "before": before}
    _tell_by_admin("member_update", admin=admin, subject=member, detail=detail)


@transaction.atomic
def member_deactivate(*, admin: Membership, member: Membership) -> None:
    """Ends their sessions at once. Their videos and answers stay; the account can be activated again."""
    _require_sole_hospital(admin, member)
    if member.user_id == admin.user_id:
        raise Conflict("You cannot deactivate your own account.", "own_account")
    _require_another_admin(member)
    member.user.is_active = False
    member.user.save(update_fields=["is_active"])
    password_links_revoke(member.user)
    sessions_end(user=member.user)
    _tell_of_member("member_deactivate", admin=admin, member=member)


@transaction.atomic
def member_activate(*, admin: Membership, member: Membership) -> None:
    _require_sole_hospital(admin, member)
    member.user.is_active = True
    member.user.save(update_fields=["is_active"])
    _tell_of_member("member_activate", admin=admin, member=member)


@transaction.atomic
def member_reset_second_factor(*, admin: Membership, member: Membership) -> None:
    """For a lost phone or key: sign-in asks for the password alone until they set up a new one."""
    _require_sole_hospital(admin, member)
    Authenticator.objects.filter(user_id=member.user_id).delete()
    sessions_end(user=member.user)
    _tell_of_member("member_reset_second_factor", admin=admin, member=member)


@transaction.atomic
def member_require_new_password(*, admin: Membership, member: Membership) -> None:
    """The step before a one-time link is made: allowed, and noted."""
    _require_sole_hospital(admin, member)
    if not member.user.is_active:
        raise Conflict("Activate the account first.", "inactive")
    _tell_of_member("member_password_link", admin=admin, member=member)


@transaction.atomic
def department_create(*, admin: Membership, name: str, viewing: str) -> Department:
    require_role(admin, Membership.Role.ADMIN)
    try:
        with transaction.atomic():
            department = Department.objects.create(hospital=admin.hospital, name=name.strip(), viewing=viewing)
    except IntegrityError as error:
        raise Conflict(f"There is already a department called {name}.", "department_exists") from error
    detail = {"name": department.name, "viewing": viewing}
    _tell_by_admin("department_create", admin=admin, subject=department, detail=detail)
    return department


@transaction.atomic
def department_set_viewing(*, admin: Membership, department: Department, viewing: str) -> None:
    require_role(admin, Membership.Role.ADMIN)
    if department.hospital_id != admin.hospital_id:
        raise NotFound
    detail = {"name": department.name, "viewing": viewing, "before": department.viewing}
    department.viewing = viewing
    department.save(update_fields=["viewing"])
    _tell_by_admin("department_set_viewing", admin=admin, subject=department, detail=detail)


def sessions_end(*, user: User) -> None:
    """Signed out everywhere; what they signed in with before is as strange as any other browser."""
    places_forget(user)
    for session in UserSession.objects.filter(user=user):
        session.end()


def _require_own_member(admin: Membership, member: Membership) -> None:
    require_role(admin, Membership.Role.ADMIN)
    if member.hospital_id != admin.hospital_id:
        raise NotFound


def _require_sole_hospital(admin: Membership, member: Membership) -> None:
    """One hospital's administrator must not take over an account that another hospital relies on."""
    _require_own_member(admin, member)
    if Membership.objects.filter(user_id=member.user_id).exclude(hospital_id=admin.hospital_id).exists():
        raise Conflict("This person also works at another hospital. Ask whoever runs Debrief.", "shared_account")


def _require_another_admin(member: Membership) -> None:
    """A hospital without an administrator could not add anyone. The lock makes two at once take turns."""
    if member.role != Membership.Role.ADMIN:
        return
    Hospital.objects.select_for_update().get(pk=member.hospital_id)
    others = Membership.objects.filter(
        hospital_id=member.hospital_id, role=Membership.Role.ADMIN, user__is_active=True
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


def _tell_of_member(action: str, *, admin: Membership, member: Membership) -> None:
    detail = {"email": member.user.email}
    _tell_by_admin(action, admin=admin, subject=member, detail=detail)


def _tell_by_admin(action: str, *, admin: Membership, subject: Any, detail: dict[str, Any]) -> None:
    _tell(action, actor=Actor(membership=admin, via="page"), hospital=admin.hospital, subject=subject, detail=detail)


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
