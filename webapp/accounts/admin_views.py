"""A hospital's members and departments, for its administrators."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts import services
from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.forms import DepartmentAddForm, DepartmentViewingForm, MemberAddForm, MemberUpdateForm
from webapp.accounts.links import password_link_path
from webapp.accounts.models import Department, Membership, User
from webapp.accounts.selectors import (
    department_get_for_admin,
    department_list,
    member_get_for_admin,
    member_list_for_admin,
)
from webapp.lib.errors import Conflict

MEMBERS_PER_PAGE = 50


@login_required
@never_cache
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    admin = _admin(request)
    return _members_page(request, admin, MemberAddForm(admin=admin))


@login_required
@never_cache
@require_POST
def member_add(request: HttpRequest) -> HttpResponse:
    admin = _admin(request)
    form = MemberAddForm(request.POST, admin=admin)
    if not form.is_valid():
        return _members_page(request, admin, form, status=422)
    try:
        user = services.user_create(password=None, hospital=admin.hospital, actor=_actor(admin), **form.cleaned_data)
    except Conflict as error:
        form.add_error("email", error.message)
        return _members_page(request, admin, form, status=error.status)
    return _link_page(request, admin, user, is_new=True)


@login_required
@never_cache
@require_POST
def member_update(request: HttpRequest, member_id: int) -> HttpResponse:
    admin = _admin(request)
    member = member_get_for_admin(admin, member_id)
    form = MemberUpdateForm(request.POST, admin=admin)
    if not form.is_valid():
        messages.error(request, "Choose a role and a department from the lists.")
        return redirect("members")
    services.member_update(actor=_actor(admin), member=member, **form.cleaned_data)
    messages.success(request, f"{member.user} is now {member.get_role_display().lower()}.")
    return redirect("members")


@login_required
@never_cache
@require_POST
def member_password_link(request: HttpRequest, member_id: int) -> HttpResponse:
    admin = _admin(request)
    member = member_get_for_admin(admin, member_id)
    services.member_require_new_password(actor=_actor(admin), member=member)
    return _link_page(request, admin, member.user, is_new=False)


@login_required
@never_cache
@require_POST
def member_deactivate(request: HttpRequest, member_id: int) -> HttpResponse:
    admin = _admin(request)
    member = member_get_for_admin(admin, member_id)
    services.member_deactivate(actor=_actor(admin), member=member)
    messages.success(request, f"{member.user} can no longer sign in and was signed out everywhere.")
    return redirect("members")


@login_required
@never_cache
@require_POST
def member_activate(request: HttpRequest, member_id: int) -> HttpResponse:
    admin = _admin(request)
    member = member_get_for_admin(admin, member_id)
    services.member_activate(actor=_actor(admin), member=member)
    messages.success(request, f"{member.user} can sign in again.")
    return redirect("members")


@login_required
@never_cache
@require_POST
def member_reset_second_factor(request: HttpRequest, member_id: int) -> HttpResponse:
    admin = _admin(request)
    member = member_get_for_admin(admin, member_id)
    services.member_reset_second_factor(actor=_actor(admin), member=member)
    messages.success(request, f"{member.user} now signs in with the password alone, until they set up a new factor.")
    return redirect("members")


@login_required
@never_cache
@require_GET
def departments(request: HttpRequest) -> HttpResponse:
    return _departments_page(request, _admin(request), DepartmentAddForm())


@login_required
@never_cache
@require_POST
def department_add(request: HttpRequest) -> HttpResponse:
    admin = _admin(request)
    form = DepartmentAddForm(request.POST)
    if not form.is_valid():
        return _departments_page(request, admin, form, status=422)
    try:
        department = services.department_create(actor=_actor(admin), **form.cleaned_data)
    except Conflict as error:
        form.add_error("name", error.message)
        return _departments_page(request, admin, form, status=error.status)
    messages.success(request, f"{department.name} was added.")
    return redirect("departments")


@login_required
@never_cache
@require_POST
def department_viewing(request: HttpRequest, department_id: uuid.UUID) -> HttpResponse:
    admin = _admin(request)
    department = department_get_for_admin(admin, department_id)
    form = DepartmentViewingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the two policies.")
        return redirect("departments")
    services.department_set_viewing(actor=_actor(admin), department=department, viewing=form.cleaned_data["viewing"])
    messages.success(request, f"{department.name}: {department.get_viewing_display().lower()}.")
    return redirect("departments")


def _admin(request: HttpRequest) -> Membership:
    return page_actor(request.user).administrator


def _actor(admin: Membership) -> Actor:
    return Actor(membership=admin, via="page")


def _members_page(request: HttpRequest, admin: Membership, form: MemberAddForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(member_list_for_admin(admin), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "hospital": admin.hospital,
        "own_user_id": admin.user_id,
        "roles": Membership.Role.choices,
        "departments": department_list(admin),
    }
    return render(request, "accounts/members.html", context, status=status)


def _link_page(request: HttpRequest, admin: Membership, user: User, *, is_new: bool) -> HttpResponse:
    """Shown in answer to the request that made the link, and nowhere else: it is kept in no row and no cache."""
    link = request.build_absolute_uri(password_link_path(user))
    context = {"member": user, "link": link, "is_new": is_new, "hospital": admin.hospital}
    return render(request, "accounts/password_link.html", context)


def _departments_page(
    request: HttpRequest, admin: Membership, form: DepartmentAddForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "departments": department_list(admin),
        "policies": Department.Viewing.choices,
        "hospital": admin.hospital,
    }
    return render(request, "accounts/departments.html", context, status=status)
