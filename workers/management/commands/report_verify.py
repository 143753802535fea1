"""Checks the JSON bundle of a signed report: its own hash, the log's, and the files that it names on this machine."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.core.management.base import BaseCommand, CommandError

from inference.errors import ModelError
from inference.models.artifact import verify_files
from inference.models.manifest import file_sha256, manifest_path
from webapp.audit.actions import Action
from webapp.audit.commands import audit_command
from webapp.audit.models import AuditEvent
from webapp.audit.verify import chain_verify
from webapp.lib.storage import content_paths
from webapp.registry.models import ModelVersion
from webapp.skills.bundle import FORMAT
from webapp.skills.models import SkillReport
from webapp.skills.signing import digest, signed_part
from workers.artifacts import Artifact, artifacts_on_disk

Verdict = Literal["ok", "gone", "BROKEN"]
SIGNING = (Action.SKILL_SIGN, Action.SKILL_AMEND, Action.SKILL_APPEAL_ANSWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`gone` : not on this machine any more, so nobody can say; only BROKEN fails."""

    what: str
    verdict: Verdict
    detail: str = ""


class Command(BaseCommand):
    help = "Verifies the JSON bundle of a signed skill report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bundle", type=Path, help="the file that the report's page gave")

    def handle(self, *_args: Any, **options: Any) -> None:
        bundle = _read(options["bundle"])
        report = SkillReport.objects.select_related("hospital").filter(pk=bundle["signed"]["report"]).first()
        if report is not None:
            audit_command(
                Action.SKILL_VERIFY,
                hospital=report.hospital,
                object_type="skill_report",
                object_id=str(report.pk),
            )
        else:
            audit_command(Action.SKILL_VERIFY, object_type="skill_report", object_id=bundle["signed"]["report"])
        checks = list(_checks(bundle, report))
        for check in checks:
            self.stdout.write(f"{check.verdict:6} {check.what}{f': {check.detail}' if check.detail else ''}")
        num_broken = sum(check.verdict == "BROKEN" for check in checks)
        if num_broken:
            raise CommandError(f"{num_broken} of {len(checks)} checks failed: this is not what was signed.")
        self.stdout.write(self.style.SUCCESS(f"{len(checks)} checks, none failed."))


def _read(path: Path) -> dict[str, Any]:
    try:
        bundle = json.loads(path.read_text(encoding="utf-8"))
        if bundle["format"] != FORMAT or not isinstance(bundle["signed"]["report"], str):
            raise ValueError(f"format {bundle['format']!r}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is no bundle of a skill report: {error}") from error
    return dict(bundle)


def _checks(bundle: Mapping[str, Any], report: SkillReport | None) -> Iterator[Checked]:
    signed, sha256 = bundle["signed"], bundle["sha256"]
    yield _agrees("what was signed has the hash that the bundle names", digest(signed) == sha256)
    yield _agrees("the audit log has that signature", _is_in_log(signed, sha256))
    if report is None:
        yield Checked(what="the report", verdict="gone", detail="it is not in this database")
        return
    yield _agrees("the audit log is unbroken", chain_verify(str(report.hospital_id)).is_unbroken)
    yield from _row(report, signed, sha256)
    yield _content("the recording", report, signed["video"]["sha256"])
    for reference in signed["references"]:
        yield _content(f"the reference {reference['level']} {reference['key'][:4]}", report, reference["sha256"])
    for model in signed["models"]:
        yield _model(model)


def _row(report: SkillReport, signed: Mapping[str, Any], sha256: str) -> Iterator[Checked]:
    number = signed["revision"]["number"]
    revision = report.revisions.filter(number=number).first()
    yield _agrees(f"revision {number} is in the database with that hash", bool(revision and revision.sha256 == sha256))
    if revision is not None:
        now = digest(signed_part(report, revision))
        yield _agrees("the database still says what was signed", now == sha256)


def _is_in_log(signed: Mapping[str, Any], sha256: str) -> bool:
    rows = AuditEvent.objects.filter(object_type="skill_report", object_id=signed["report"], action__in=SIGNING)
    return any(row.detail.get("sha256") == sha256 for row in rows)


def _content(what: str, report: SkillReport, sha256: str) -> Checked:
    """The file as it was uploaded, hashed anew."""
    try:
        path = content_paths(report.hospital_id, sha256).original
    except ValueError:
        return Checked(what=what, verdict="BROKEN", detail="its hash is none")
    if not path.is_file():
        return Checked(what=what, verdict="gone", detail="its file is not here any more")
    return _agrees(f"{what} is the file of that hash", file_sha256(path) == sha256)


def _model(model: Mapping[str, str]) -> Checked:
    what = f"the model {model['name']} ({model['kind']})"
    known = ModelVersion.objects.filter(kind=model["kind"], name=model["name"], sha256=model["sha256"])
    if not known.exists():
        return Checked(what=what, verdict="BROKEN", detail="the registry has no such version")
    for artifact in artifacts_on_disk():
        if artifact.manifest.sha256 == model["sha256"]:
            return _agrees(f"{what} is the one on disk", _is_whole(artifact))
    return Checked(what=what, verdict="gone", detail="its files are not here any more")


def _is_whole(artifact: Artifact) -> bool:
    try:
        verify_files(artifact.manifest, manifest_path(artifact.path).parent)
    except ModelError:
        return False
    return True


def _agrees(what: str, is_so: bool) -> Checked:
    return Checked(what=what, verdict="ok" if is_so else "BROKEN")
