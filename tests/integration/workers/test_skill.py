"""A skill report's stage: references and video as sequences, a score or a reason, the row in review's reach."""

from pathlib import Path

import numpy as np
import pytest
import torch

from inference.avbanet.calibrate import Calibration
from inference.avbanet.reference import SkillSequence
from inference.avbanet.sequence import sequence_encoder
from inference.avbanet.sequence_file import sequence_load, sequence_save
from inference.progress import ignore_progress, never_stop
from inference.vision.writer import FeatureWriter
from tests.e2e.steps import make_clip
from tests.integration.skills.cast import Cast, cast
from tests.unit.avbanet import made_up
from webapp.jobs.models import Job
from webapp.lib.storage import content_paths
from webapp.skills.models import SkillReport
from webapp.skills.references import DEFAULT_LEVELS
from webapp.skills.reports import report_request
from webapp.videos.models import Content
from workers import skill_models
from workers.runtime import frame_encoder
from workers.skill import score_report
from workers.skill_models import Comparing, sequence_of

pytestmark = pytest.mark.django_db
State = SkillReport.State


@pytest.fixture
def features() -> str:
    return sequence_encoder(frame_encoder().encoder_id)


@pytest.fixture
def people(own_storage: Path, features: str, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Their contents were read before, and an encoder of a seed compares."""
    del own_storage
    made = made_up.model(calibration=Calibration(duration_weight=1.0))
    model = type(made)(made.encoder, features, made.calibration)
    monkeypatch.setattr(skill_models, "comparing", lambda: Comparing(model=model, facts=()))
    people = cast()
    for seed, clip in enumerate(people.clips):
        keep(clip.video.content, seed, features)
    return people


def keep(content: Content, seed: int, features: str, **changes: object) -> None:
    made = made_up.sequence(seed, content=content.sha256, encoder=features, **changes)
    sequence_save(made, content_paths(content.hospital_id, content.sha256).skill_sequence)


def compared(people: Cast) -> SkillReport:
    report = report_request(actor=people.actor(people.alice), video=people.video, scorer=people.scorer)
    score_report(str(report.job_id), "score")
    return SkillReport.objects.select_related("job").get(pk=report.pk)


def test_a_video_is_compared_with_its_references_and_the_draft_says_with_which(people: Cast, features: str) -> None:
    keep(people.video.content, 5, features)
    report = compared(people)
    assert (report.state, report.job and report.job.status) == (State.DRAFT, Job.Status.SUCCEEDED)
    assert {one.level for one in report.references.all()} == set(DEFAULT_LEVELS)
    if report.is_abstained:
        assert report.code == "unsure"
    else:
        assert sum(report.score["probabilities"].values()) == pytest.approx(1)
    assert {factor["name"] for factor in report.score["factors"]} >= {"duration", "path", "idle"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"usable": np.zeros(40, dtype=bool), "faults": ("frozen",) * 40}, "frozen"),
        ({"usable": np.zeros(40, dtype=bool), "faults": ("black",) * 40}, "frozen"),
        ({"usable": np.zeros(40, dtype=bool), "faults": ("out_of_body",) * 40}, "out_of_body"),
        ({"kind": "flexible_endoscopy"}, "other_kind"),
        ({"seconds": 4}, "too_short"),
    ],
)
def test_what_cannot_be_compared_is_a_reason_and_no_failure(
    people: Cast, features: str, changes: dict[str, object], code: str
) -> None:
    keep(people.video.content, 5, features, **changes)
    report = compared(people)
    assert (report.state, report.is_abstained, report.code) == (State.DRAFT, True, code)
    assert report.reason
    assert report.score["probabilities"] == {}


def test_a_reference_that_cannot_be_used_is_called_by_its_short_name(people: Cast, features: str) -> None:
    keep(people.video.content, 5, features)
    clip = people.clips[1]
    keep(clip.video.content, 1, features, usable=np.zeros(40, dtype=bool), faults=("frozen",) * 40)
    report = compared(people)
    assert clip.short_name in report.reason
    assert str(clip.pk) not in report.reason


def test_without_a_model_the_report_says_so_and_can_be_tried_again(
    people: Cast, features: str, monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path
) -> None:
    monkeypatch.undo()
    settings.WEIGHTS_DIR = tmp_path  # type: ignore[attr-defined]
    keep(people.video.content, 5, features)
    with pytest.raises(skill_models.ModelMissing):
        skill_models.comparing()


def test_a_window_of_a_reference_counts_alone(people: Cast, features: str) -> None:
    from workers.skill import part_of_sequence

    whole = made_up.sequence(1, encoder=features, faults=("",) * 39 + ("frozen",))
    part = part_of_sequence(whole, start_s=10, end_s=30)
    assert (part.times_s[0], part.times_s[-1], part.duration_s, len(part.faults)) == (10, 29, 20, 20)


def test_a_sequence_is_made_once_from_the_proxy_and_the_stored_features(people: Cast, features: str) -> None:
    content = people.video.content
    paths = content_paths(content.hospital_id, content.sha256)
    paths.root.mkdir(parents=True, exist_ok=True)
    make_clip(paths.proxy, duration_s=6)
    encoder = frame_encoder()
    rows = torch.zeros(6, len(encoder.output_names))
    with FeatureWriter(
        paths.features,
        encoder_id=encoder.encoder_id,
        expected_frames=6,
        output_names=encoder.output_names,
        covering_id="",
        heads_id=encoder.heads_id,
    ) as writer:
        writer.append(torch.rand(6, 49, 1280), rows)
        writer.finish()
    made = sequence_of(content, ignore_progress, never_stop)
    assert isinstance(made, SkillSequence)
    assert (made.encoder, made.content, len(made.times_s)) == (features, content.sha256, 6)
    paths.proxy.unlink()
    assert np.array_equal(sequence_of(content, ignore_progress, never_stop).values, made.values)
    assert sequence_load(paths.skill_sequence, encoder=features).duration_s == made.duration_s
