"""/api/fhir/R4/…: reading and searching, for systems that speak FHIR R4. Errors are OperationOutcomes."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.http import JsonResponse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.actors import Actor
from webapp.api.errors import InvalidFields, InvalidQuery
from webapp.api.fhir.search import SEARCHED, Searched, chosen_rows
from webapp.api.paging import PAGE_MAX, PAGE_SIZE, page_of
from webapp.api.problems import application_error, problem_response
from webapp.api.views.base import ApiView
from webapp.lib.errors import NotFound

CONTENT_TYPE = "application/fhir+json"
FHIR_VERSION = "4.0.1"
PUBLISHED_AT = datetime(2026, 11, 28, tzinfo=UTC)
ISSUE_CODES = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    429: "throttled",
}


class FhirRenderer(JSONRenderer):
    media_type = CONTENT_TYPE
    format = "fhir"


class FhirView(ApiView):
    renderer_classes = (FhirRenderer, JSONRenderer)
    # FHIR names its own parameters; search.py refuses those that nobody defined.
    takes_any_query: ClassVar = True

    def handle_exception(self, exc: Exception) -> Any:
        error = application_error(exc)
        if error is None:
            return super().handle_exception(exc)
        response = problem_response(error, self.request._request)
        fields = error.fields if isinstance(error, InvalidFields) else ()
        response.content = JsonResponse(
            outcome([f"{one.parameter}: {one.detail}" for one in fields] or [error.message], error.status)
        ).content
        response["Content-Type"] = CONTENT_TYPE
        response.exception = True  # type: ignore[attr-defined]  # as the framework marks what it answered
        return response

    def searched(self, resource_type: str) -> Searched:
        """Raises NotFound for a type that is not served, PermissionRefused without its scope."""
        if resource_type not in SEARCHED:
            raise NotFound(f"{resource_type} is not served here. See the CapabilityStatement.")
        self.access.require(f"system/{resource_type}.rs")
        return SEARCHED[resource_type]


@extend_schema(exclude=True)
class FhirSearchView(FhirView):
    def get(self, request: Request, resource_type: str) -> Response:
        searched = self.searched(resource_type)
        asked = _asked(request)
        count, cursor = _count(asked.pop("_count", "")), asked.pop("_cursor", "")
        asked.pop("_format", None)
        page = page_of(
            request._request,
            chosen_rows(searched, self.actor, asked),
            by=searched.by,
            limit=count,
            cursor=cursor,
            cursor_name="_cursor",
        )
        searched.look(self.actor, page.rows)
        entries = [entry for row in page.rows for entry in _entries(request, searched, self.actor, row)]
        links = [{"relation": "self", "url": request.build_absolute_uri()}]
        links += [{"relation": "next", "url": page.next_url}] if page.next_url else []
        return Response(
            {
                "resourceType": "Bundle",
                "type": "searchset",
                "link": links,
                "entry": entries,
            }
        )


@extend_schema(exclude=True)
class FhirReadView(FhirView):
    def get(self, request: Request, resource_type: str, resource_id: str) -> Response:
        searched = self.searched(resource_type)
        row = searched.get(searched.rows(self.actor), resource_id).first()
        if row is None:
            raise NotFound(f"There is no such {resource_type}.")
        searched.look(self.actor, [row])
        found = [searched.present(self.actor, row), *searched.beside(row)]
        return Response(next((one for one in found if one["id"] == resource_id.lower()), found[0]))


@require_safe
def capability_statement(request: Any) -> JsonResponse:
    """What is served: to anybody, as the standard wants it."""
    served = [
        {
            "type": name,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [{"name": one, "type": _kind(one)} for one in sorted(searched.filters)],
        }
        for name, searched in SEARCHED.items()
    ]
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": PUBLISHED_AT.isoformat(),
        "kind": "instance",
        "software": {"name": "Debrief"},
        "implementation": {"description": "Recorded operations and skill reports", "url": _base(request)},
        "fhirVersion": FHIR_VERSION,
        "format": ["json"],
        "rest": [{"mode": "server", "security": _security(), "resource": served}],
    }
    return JsonResponse(statement, content_type=CONTENT_TYPE)


def outcome(sentences: list[str], status: int) -> dict[str, Any]:
    code = ISSUE_CODES.get(status, "invalid" if status < 500 else "exception")
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": text} for text in sentences],
    }


def _entries(request: Request, searched: Searched, actor: Actor, row: Any) -> list[dict[str, Any]]:
    """`_count` counts the matches; what hangs on them comes as included."""
    found = [(searched.present(actor, row), "match"), *((one, "include") for one in searched.beside(row))]
    return [{"fullUrl": _full_url(request, one), "resource": one, "search": {"mode": mode}} for one, mode in found]


def _asked(request: Request) -> dict[str, str]:
    """Each parameter once. Raises InvalidQuery."""
    given = dict(request._request.GET.lists())
    if any(len(values) != 1 for values in given.values()):
        raise InvalidQuery("A parameter stands twice; say each once.")
    return {name: values[0] for name, values in given.items()}


def _count(text: str) -> int:
    if not text:
        return PAGE_SIZE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= PAGE_MAX):
        raise InvalidQuery(f"_count is a number from 1 to {PAGE_MAX}.")
    return int(text)


def _kind(name: str) -> str:
    kinds = {"date": "date", "created": "date", "media": "reference", "target": "reference", "focus": "reference"}
    return "reference" if name == "derived-from" else kinds.get(name, "token")


def _security() -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/restful-security-service"
    return {"service": [{"coding": [{"system": system, "code": "SMART-on-FHIR"}]}]}


def _base(request: Any) -> str:
    return str(request.build_absolute_uri("/api/fhir/R4"))


def _full_url(request: Request, resource: dict[str, Any]) -> str:
    return f"{_base(request)}/{resource['resourceType']}/{resource['id']}"
