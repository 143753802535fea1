"""The lists: what each shows, by what it is searched, and whose rows are in it."""

from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import path

from webapp.accounts.actors import page_actor
from webapp.accounts.models import Department, Membership
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.audit.visits import once_a_visit
from webapp.jobs.models import Job
from webapp.registry.models import ModelVersion
from webapp.skills.models import ReferenceClip, Rubric, Scorer, SkillReport
from webapp.videos.models import Video


class ReadingList(ModelAdmin):  # type: ignore[type-arg]
    """One model as a list; no page of a single row, and no way to change one."""

    list_display_links = None
    actions = None
    list_per_page = 50
    show_full_result_count = False
    # The lookup that leads to the hospital; empty where rows belong to the whole site.
    of_hospital: ClassVar[str] = "hospital"

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [path("", self.admin_site.admin_view(self.changelist_view), name=name)]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        actor = page_actor(request.user)
        kind = str(self.opts.model_name)
        once_a_visit(
            f"admin:{actor.person.pk}:{kind}",
            lambda: audit_record(
                action=Action.ADMIN_LOOK, actor=actor, hospital=actor.hospital, object_type="list", object_id=kind
            ),
        )
        return super().changelist_view(request, extra_context)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Model]":
        rows = super().get_queryset(request)
        if not self.of_hospital:
            return rows
        return rows.filter(**{self.of_hospital: page_actor(request.user).administrator.hospital})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that are shown: any other field could be read out letter by letter."""
        del value, request
        return lookup.split("__")[0] in {str(name).split("__")[0] for name in self.list_filter}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MembershipList(ReadingList):
    list_display = ("user", "email", "role", "department", "is_active", "last_login")
    list_filter = ("role", "department")
    search_fields = ("user__name", "user__email")
    list_select_related = ("user", "department")

    def email(self, member: Membership) -> str:
        return member.user.email

    def is_active(self, member: Membership) -> bool:
        return member.user.is_active

    def last_login(self, member: Membership) -> Any:
        return member.user.last_login


class DepartmentList(ReadingList):
    list_display = ("name", "viewing")
    list_filter = ("viewing",)
    search_fields = ("name",)


class VideoList(ReadingList):
    """By owner, procedure and id: a title may name a patient."""

    list_display = ("id", "owner", "department", "procedure", "operated_on", "status", "reason_code", "created_at")
    list_filter = ("status", "department", "procedure")
    search_fields = ("=id", "owner__name", "owner__email", "procedure", "reason_code")
    list_select_related = ("owner", "department")
    date_hierarchy = "created_at"


class JobList(ReadingList):
    list_display = ("id", "kind", "stage", "status", "owner", "attempts", "error_code", "created_at", "finished_at")
    list_filter = ("kind", "status", "error_code")
    search_fields = ("=id", "owner__name", "owner__email", "error_code")
    list_select_related = ("owner",)
    date_hierarchy = "created_at"


class SkillReportList(ReadingList):
    """That there is one, and how far it has come: what it says is between surgeon and reviewers."""

    list_display = ("id", "surgeon", "procedure", "rubric", "state", "code", "created_at", "submitted_at")
    list_filter = ("state", "procedure")
    search_fields = ("=id", "surgeon__name", "surgeon__email", "procedure")
    list_select_related = ("surgeon", "rubric")
    date_hierarchy = "created_at"


class ReferenceClipList(ReadingList):
    list_display = ("id", "level", "procedure", "rubric", "department", "state", "consented_at", "withdrawn_at")
    list_filter = ("state", "level", "procedure")
    search_fields = ("=id", "procedure", "level")
    list_select_related = ("rubric", "department")


class ScorerList(ReadingList):
    list_display = ("procedure", "rubric", "department", "num_reviewers", "created_at", "retired_at")
    list_filter = ("procedure", "department")
    search_fields = ("procedure", "rubric__name")
    list_select_related = ("rubric", "department")


class RubricList(ReadingList):
    list_display = ("name", "version", "source", "created_at")
    list_filter = ("name",)
    search_fields = ("name", "source")


class ModelVersionList(ReadingList):
    """Of the whole site: what models there are is no secret of one hospital."""

    of_hospital = ""
    list_display = ("title", "kind", "version", "state", "licence", "created_at")
    list_filter = ("kind", "state")
    search_fields = ("title", "name", "version", "sha256")


LISTS: dict[type[Model], type[ReadingList]] = {
    Membership: MembershipList,
    Department: DepartmentList,
    Video: VideoList,
    Job: JobList,
    SkillReport: SkillReportList,
    ReferenceClip: ReferenceClipList,
    Scorer: ScorerList,
    Rubric: RubricList,
    ModelVersion: ModelVersionList,
}
