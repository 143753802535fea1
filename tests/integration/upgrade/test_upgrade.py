"""A database of the commit before contents and revisions is migrated: every video, answer and audit row is kept."""

import json
import os
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import ROOT
from tests.integration.upgrade.old_database import old_rows

LOOK = """
import json
from webapp.audit.models import AuditEvent
from webapp.conversations.models import Answer
from webapp.jobs.models import Job
from webapp.videos.models import Content, TimelineFact, Upload, Video

def fact(row):
    return [row.lane, row.label, row.start_s, row.end_s, row.probability]

def timeline(row):
    return {"number": row.number, "made_by": row.made_by, "facts": [fact(one) for one in row.facts.all()]}

def video(row):
    return {
        "id": str(row.pk), "title": row.title, "owner": str(row.owner_id), "status": row.status, "reason": row.reason,
        "sha256": row.content.sha256, "hospital": str(row.content.hospital_id), "size_bytes": row.content.size_bytes,
        "duration_s": row.content.duration_s, "is_prepared": row.content.prepared_at is not None,
        "timelines": [timeline(one) for one in row.content.timelines.all()],
    }

def answer(row):
    return {
        "id": str(row.pk), "text": row.text, "status": row.status, "video": row.question.conversation.video.title,
        "timeline": row.timeline and row.timeline.number,
        "claims": [[claim.text, claim.verdict, [fact(one) for one in claim.facts.all()]] for claim in row.claims.all()],
    }

print(json.dumps({
    "videos": [video(row) for row in Video.objects.all()],
    "answers": [answer(row) for row in Answer.objects.all()],
    "audit": [row.hash for row in AuditEvent.objects.all()],
    "jobs": sorted(str(pk) for pk in Job.objects.values_list("pk", flat=True)),
    "uploads": sorted(str(pk) for pk in Upload.objects.values_list("pk", flat=True)),
    "num_contents": Content.objects.count(),
}))
"""


def new_postgres_database(url: str) -> str:
    name = f"upgrade_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of an installation of its own, on the database that this run of the tests is on."""
    found = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.settings"}
    found["DEBRIEF_VAR"] = str(tmp_path_factory.mktemp("var"))
    if found.get("DATABASE_URL", "").startswith("postgres"):
        found["DATABASE_URL"] = new_postgres_database(found["DATABASE_URL"])
    return found


@pytest.fixture(scope="module")
def upgraded(environment: dict[str, str]) -> dict[str, Any]:
    run(environment, "-m", "tests.integration.upgrade.old_database")
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    found: dict[str, Any] = json.loads(run(environment, "manage.py", "shell", "--verbosity", "0", "-c", LOOK))
    return found


def rows_of(label: str) -> list[dict[str, Any]]:
    return [columns for found, columns in old_rows() if found == label]


def shared_video(upgraded: dict[str, Any], title: str) -> dict[str, Any]:
    return next(video for video in upgraded["videos"] if video["title"] == title)


def answers_about(upgraded: dict[str, Any], title: str) -> list[dict[str, Any]]:
    return [answer for answer in upgraded["answers"] if answer["video"] == title]


def test_every_video_is_kept_with_its_owner_state_and_bytes(upgraded: dict[str, Any]) -> None:
    names = ("id", "title", "status", "reason", "sha256", "size_bytes", "duration_s")
    before = [{name: row[name] for name in names} | {"owner": row["owner_id"]} for row in rows_of("videos.Video")]
    after = [{name: video[name] for name in (*names, "owner")} for video in upgraded["videos"]]
    assert sorted(after, key=lambda row: row["id"]) == sorted(before, key=lambda row: row["id"])


def test_one_content_a_hospital_and_file(upgraded: dict[str, Any]) -> None:
    pairs = {(row["hospital_id"], row["sha256"]) for row in rows_of("videos.Video")}
    assert upgraded["num_contents"] == len(pairs)
    assert {(video["hospital"], video["sha256"]) for video in upgraded["videos"]} == pairs


def test_every_answer_is_kept_with_its_claims_and_what_they_cite(upgraded: dict[str, Any]) -> None:
    texts = {row["id"]: (row["text"], row["status"]) for row in rows_of("conversations.Answer")}
    assert {answer["id"]: (answer["text"], answer["status"]) for answer in upgraded["answers"]} == texts
    before = Counter(
        (row["answer_id"], row["text"], row["verdict"], str([list(fact.values()) for fact in row["facts"]]))
        for row in rows_of("conversations.Claim")
    )
    after = Counter(
        (answer["id"], text, verdict, str(facts))
        for answer in upgraded["answers"]
        for text, verdict, facts in answer["claims"]
    )
    assert after == before


def test_every_audit_row_is_kept_and_the_chains_verify(upgraded: dict[str, Any], environment: dict[str, str]) -> None:
    assert sorted(upgraded["audit"]) == sorted(row["hash"] for row in rows_of("audit.AuditEvent"))
    assert run(environment, "manage.py", "audit_verify").count("unbroken") == 2


def test_every_job_and_upload_is_kept(upgraded: dict[str, Any]) -> None:
    assert upgraded["jobs"] == sorted(row["id"] for row in rows_of("jobs.Job"))
    assert upgraded["uploads"] == sorted(row["id"] for row in rows_of("videos.Upload"))


def test_what_two_people_had_alike_is_one_revision(upgraded: dict[str, Any]) -> None:
    video = shared_video(upgraded, "shared of bob")
    (timeline,) = video["timelines"]
    assert (timeline["number"], timeline["made_by"], len(timeline["facts"])) == (1, {"encoder": "tower-new"}, 4)
    assert [answer["timeline"] for answer in answers_about(upgraded, "shared of alice")] == [1]


def test_timelines_that_differ_become_revisions_and_answers_point_at_theirs(upgraded: dict[str, Any]) -> None:
    """Alice's was made anew, Bob's was missed; one answer of Alice's is older than either."""
    timelines = shared_video(upgraded, "refreshed of bob")["timelines"]
    assert [(one["number"], one["made_by"]) for one in timelines] == [
        (2, {"encoder": "tower-new"}),
        (1, {"encoder": "tower-old"}),
        (0, {"recovered_from": "claims"}),
    ]
    assert timelines[2]["facts"] == [["instrument", "clipper", 4.0, 6.0, 0.71]]
    given = {answer["text"]: answer["timeline"] for answer in answers_about(upgraded, "refreshed of alice")}
    assert given == {"Yes, a clipper [[t=4-6]].": 0, "Yes, a hook [[t=20-31]].": 2, "": None}
    assert [answer["timeline"] for answer in answers_about(upgraded, "refreshed of bob")] == [1]


def test_what_was_not_prepared_is_not_called_so(upgraded: dict[str, Any]) -> None:
    prepared = {video["title"].rpartition(" of ")[0]: video["is_prepared"] for video in upgraded["videos"]}
    assert prepared == {"shared": True, "refreshed": True, "in work": False, "refused": False, "failed": False}


def test_the_migrated_database_refuses_to_edit_a_revision(
    upgraded: dict[str, Any], environment: dict[str, str]
) -> None:
    assert upgraded["videos"]
    edit = "from webapp.videos.models import TimelineFact; TimelineFact.objects.update(label='other')"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", edit],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert "never edited" in done.stderr


def test_the_command_that_brings_contents_up_to_date_knows_them_as_stale(
    upgraded: dict[str, Any], environment: dict[str, str], tmp_path: Path
) -> None:
    """There are no files beside these rows, so each of the three prepared contents is one that cannot be made."""
    assert upgraded["videos"]
    done = subprocess.run(
        [sys.executable, "manage.py", "refresh_features"],
        cwd=ROOT,
        env=environment | {"DEBRIEF_STORAGE": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert len(done.stdout.splitlines()) == 3
    assert "as it should be" not in done.stdout
