"""A signed report leaves as PDF and JSON, and what was changed in either place is found."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from pypdf import PdfReader

from tests.integration.skills.cast import SIGNATURE, Cast, scores, signed
from webapp.lib.errors import InvalidInput
from webapp.lib.intended_use import INTENDED_USE
from webapp.lib.storage import content_paths
from webapp.registry.models import ModelVersion
from webapp.skills.bundle import bundle_of
from webapp.skills.models import ReportModel, SignedRevision, SkillReport
from webapp.skills.pdf import report_pdf
from webapp.skills.reviews import report_amend
from webapp.videos.models import Content

pytestmark = pytest.mark.django_db
BYTES = b"a recording"


@pytest.fixture
def report(people: Cast, settings: Any, tmp_path: Path) -> SkillReport:
    """Signed, and its recording lies where it belongs."""
    settings.STORAGE_DIR = tmp_path / "storage"
    sha256 = hashlib.sha256(BYTES).hexdigest()
    Content.objects.filter(pk=people.video.content_id).update(sha256=sha256)
    paths = content_paths(people.hospital.pk, sha256)
    paths.root.mkdir(parents=True)
    paths.original.write_bytes(BYTES)
    Image.effect_noise((160 * 5, 90 * 2), 80).convert("RGB").save(paths.sprite)
    tiles = {"interval_s": 6.0, "columns": 5, "num_tiles": 10, "tile_width_px": 160, "tile_height_px": 90}
    paths.sprite_index.write_text(json.dumps(tiles))
    people.video.refresh_from_db()
    return signed(people)


def exported(report: SkillReport, folder: Path, **changes: Any) -> Path:
    path = folder / "report.json"
    path.write_text(json.dumps(bundle_of(report) | changes))
    return path


def test_a_bundle_verifies_against_log_database_and_files(
    report: SkillReport, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("report_verify", str(exported(report, tmp_path)))
    said = capsys.readouterr().out
    assert "ok     the recording is the file of that hash" in said
    assert "gone   the reference expert" in said
    assert "none failed" in said


def _changed_score(report: SkillReport, tmp_path: Path) -> Path:
    bundle = bundle_of(report)
    bundle["signed"]["revision"]["scores"]["efficiency"] = 5
    return exported(report, tmp_path, signed=bundle["signed"])


def _changed_row(report: SkillReport, tmp_path: Path) -> Path:
    path = exported(report, tmp_path)
    SignedRevision.objects.update(scores={"efficiency": 5})
    return path


def _changed_file(report: SkillReport, tmp_path: Path) -> Path:
    content_paths(report.hospital_id, report.video.content.sha256).original.write_bytes(b"another recording")
    return exported(report, tmp_path)


def _unknown_model(report: SkillReport, tmp_path: Path) -> Path:
    version = ModelVersion.objects.create(kind="scorer", name="skill", title="Skill", sha256="1" * 64, artifact_id="x")
    ReportModel.objects.create(report=report, version=version)
    return exported(report, tmp_path)


@pytest.mark.parametrize("spoil", [_changed_score, _changed_row, _changed_file, _unknown_model])
def test_whatever_was_changed_since_the_signature_fails(report: SkillReport, tmp_path: Path, spoil: Any) -> None:
    with pytest.raises(CommandError, match="not what was signed"):
        call_command("report_verify", str(spoil(report, tmp_path)))


def test_what_is_no_bundle_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    for path in (tmp_path / "x.json", tmp_path / "nothing.json"):
        with pytest.raises(CommandError, match="no bundle"):
            call_command("report_verify", str(path))


def test_an_amended_report_is_exported_as_it_stands_with_the_hashes_before(
    people: Cast, report: SkillReport, tmp_path: Path
) -> None:
    report_amend(
        report, actor=people.actor(people.rita), scores=scores(people, 5), why="Half was missed.", signature=SIGNATURE
    )
    bundle = bundle_of(SkillReport.objects.get(pk=report.pk))
    assert bundle["signed"]["revision"]["scores"]["efficiency"] == 5
    assert [one["number"] for one in bundle["revisions"]] == [1, 2]
    call_command("report_verify", str(exported(report, tmp_path)))


def test_neither_export_names_the_video(people: Cast, report: SkillReport) -> None:
    people.video.title = "Mrs Patient"
    people.video.save()
    report.refresh_from_db()
    assert "Mrs Patient" not in json.dumps(bundle_of(report))
    assert "Mrs Patient" not in text_of(report_pdf(report))


def test_the_pdf_says_what_it_is_for_who_signed_and_shows_the_moments(people: Cast, report: SkillReport) -> None:
    document = report_pdf(report)
    said = " ".join(text_of(document).split())
    assert INTENDED_USE in said
    assert f"{people.rita} on" in said
    assert "Resembles reference expert" in said
    assert report.revisions.get().sha256 in said
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(document)).pages) >= 3


@pytest.mark.parametrize(("name", "letter"), [("李华", "李"), ("عمر", "ع")])
def test_a_name_that_the_type_cannot_draw_is_said_and_never_printed_as_boxes(
    people: Cast, report: SkillReport, name: str, letter: str
) -> None:
    people.alice.name = name
    people.alice.save()
    with pytest.raises(InvalidInput, match=letter):
        report_pdf(SkillReport.objects.get(pk=report.pk))
    assert bundle_of(report)["sha256"]


def test_names_beyond_latin_that_the_type_can_draw_are_printed(people: Cast, report: SkillReport) -> None:
    people.alice.name = "Анна Øberg-Żółć Παπά"
    people.alice.save()
    assert people.alice.name in text_of(report_pdf(SkillReport.objects.get(pk=report.pk)))


def text_of(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
