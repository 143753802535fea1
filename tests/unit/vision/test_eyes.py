"""What a video is, which watchers speak of it, and what its pictures tell of an operation's course."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.datasets import cholec80_phases, endoscapes, kinds, tools
from inference.errors import FeaturesStale, ModelError, ModelMismatch, ModelUntrained
from inference.evidence.kinds import VideoKind
from inference.evidence.watched import kind_of
from inference.vision.backbone import EYES_FIRST_BLOCK, FIRST_BLOCK, Backbone, imagenet_backbone
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.eyes.branch import EyesBranch
from inference.vision.eyes.early_head import EarlyHead
from inference.vision.eyes.eyes import ROW_NAMES, STRANGENESS, Eyes
from inference.vision.eyes.kind_head import NUM_LOOKS, KindHead
from inference.vision.eyes.phase_reader import CELL_S, PhaseReader, cells_of, read_phases
from inference.vision.eyes.read_video import read_video
from inference.vision.eyes.repeats import repeated
from inference.vision.eyes.settings import EyesSettings
from inference.vision.eyes.video_kind import read_kind
from inference.vision.outputs import ANATOMY, CRITICAL_VIEW, EYES_GROUPS, EYES_NAMES, KIND, PHASES, TOOL
from inference.vision.smoothing import Values
from inference.vision.store import FeatureStore
from inference.vision.timeline import find_timeline
from inference.vision.writer import FeatureWriter
from tests.conftest import ROOT

TOWER = ROOT / "inference" / "weights" / "vision_tower.safetensors"
TOWER_ID = "efficientnet-lite0-surgical-35f1a94a2ab1"
NEVER, ALWAYS = -9.0, 9.0


def settings(
    *, shown: tuple[str, ...] = EYES_NAMES, phase_confidence: float = 1.0, clip_confidence: float = 1.0
) -> EyesSettings:
    yes_no = [name for group in EYES_GROUPS if not group.is_exclusive for name in group.output_names]
    return EyesSettings(
        smoothing_s={group.name: 0.0 for group in EYES_GROUPS},
        platt=dict.fromkeys(yes_no, (1.0, 0.0)),
        phase_confidence=phase_confidence,
        clip_confidence=clip_confidence,
        kind_temperature=1.0,
        strange_from=1.0,
        strange_slope=8.0,
        shown=shown,
    )


def reader(num_inputs: int) -> PhaseReader:
    torch.manual_seed(0)
    return PhaseReader(num_inputs).eval()


def untrained_eyes(encoder_id: str = TOWER_ID) -> Eyes:
    torch.manual_seed(0)
    readers = [reader(len(EYES_NAMES)), reader(len(EYES_NAMES) + NUM_LOOKS)]
    branch, early_head = EyesBranch(imagenet_backbone(), EYES_NAMES), EarlyHead()
    torch.nn.init.normal_(early_head.score.weight, std=0.1, generator=torch.Generator().manual_seed(4))
    return Eyes(branch, KindHead(), early_head, readers, settings(), encoder_id=encoder_id)


def stored(
    path: Path, eyes: Eyes, said: dict[str, float], *, num_frames: int = 60, features: torch.Tensor | None = None
) -> FeatureStore:
    """A video in which every second says the same; its pictures differ unless they are given."""
    row = torch.tensor([[said.get(name, NEVER) for name in ROW_NAMES]])
    if features is None:
        features = torch.rand(num_frames, 1, 1280, generator=torch.Generator().manual_seed(1)) * 6
    with FeatureWriter(
        path, encoder_id=TOWER_ID, expected_frames=num_frames, output_names=ROW_NAMES, heads_id=f"{eyes.rows_id}-none"
    ) as writer:
        writer.append(features.expand(num_frames, 49, 1280), row.repeat(num_frames, 1))
        writer.finish()
    return FeatureStore.open(path)


def cholecystectomy(**said: float) -> dict[str, float]:
    return {"kind/laparoscopic_cholecystectomy": ALWAYS, **{name.replace("__", "/"): v for name, v in said.items()}}


def lanes(store: FeatureStore, eyes: Eyes) -> set[str]:
    return {fact.lane for fact in find_timeline(store, None, eyes=eyes)}


def in_phase(monkeypatch: pytest.MonkeyPatch, phase: str) -> None:
    """Readers that read one phase in every second."""

    def read(rows: Values, timestamps_s: Values, **_: object) -> Values:
        return np.tile([0.94 if label == phase else 0.01 for label in PHASES], (len(timestamps_s), 1))

    monkeypatch.setattr("inference.vision.eyes.read_video.phase_probabilities", read)


def test_in_the_operation_they_were_trained_on_all_watchers_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_phase(monkeypatch, "carlot-triangle-dissection")
    eyes = untrained_eyes()
    said = cholecystectomy(instrument__hook=ALWAYS, anatomy__cystic_duct=ALWAYS, critical_view__two_structures=1.0)
    facts = find_timeline(stored(tmp_path / "f", eyes, said), None, eyes=eyes)
    keys = {fact.key for fact in facts}
    assert {("instrument", "hook"), ("anatomy", "cystic_duct"), ("critical_view", "two_structures")} <= keys
    assert ("kind", "laparoscopic_cholecystectomy") in keys
    criterion = next(fact for fact in facts if fact.lane == "critical_view")
    assert criterion.probability == pytest.approx(0.731, abs=1e-2)


def test_structures_are_told_only_in_the_phase_they_were_learnt_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_phase(monkeypatch, "gallbladder-dissection")
    eyes = untrained_eyes()
    said = cholecystectomy(instrument__hook=ALWAYS, anatomy__cystic_duct=ALWAYS, critical_view__two_structures=1.0)
    told = lanes(stored(tmp_path / "f", eyes, said), eyes)
    assert "instrument" in told
    assert not {"anatomy", "critical_view"} & told


@pytest.mark.parametrize("kind", ["flexible_endoscopy", "not_surgery"])
def test_a_strange_video_tells_its_kind_and_nothing_else(tmp_path: Path, kind: str) -> None:
    eyes = untrained_eyes()
    said = {f"kind/{kind}": ALWAYS, "instrument/hook": ALWAYS, "phase/preparation": ALWAYS, "bleeding/bleeding": ALWAYS}
    store = stored(tmp_path / "f", eyes, said)
    assert [fact.key for fact in find_timeline(store, None, eyes=eyes)] == [("kind", kind)]


def test_pictures_far_from_all_that_was_trained_on_are_of_no_known_kind(tmp_path: Path) -> None:
    eyes = untrained_eyes()
    said = cholecystectomy(instrument__hook=ALWAYS) | {STRANGENESS: 3.0}
    facts = find_timeline(stored(tmp_path / "f", eyes, said), None, eyes=eyes)
    assert [fact.key for fact in facts] == [("kind", "unknown")]


def test_another_operation_is_watched_for_bleeding_only(tmp_path: Path) -> None:
    eyes = untrained_eyes()
    said = {"kind/other_laparoscopy": ALWAYS, "instrument/hook": ALWAYS, "bleeding/bleeding": ALWAYS}
    facts = find_timeline(stored(tmp_path / "f", eyes, said), None, eyes=eyes)
    assert {fact.key for fact in facts} == {("kind", "other_laparoscopy"), ("finding", "bleeding")}


def test_outside_the_body_nothing_is_told_of_the_inside(tmp_path: Path) -> None:
    eyes = untrained_eyes()
    said = cholecystectomy(instrument__hook=ALWAYS, body__outside=ALWAYS)
    assert lanes(stored(tmp_path / "f", eyes, said), eyes) == {"kind", "body"}


def test_a_pause_outside_the_body_does_not_change_what_a_recording_is() -> None:
    logits = np.full((100, len(KIND.labels)), NEVER)
    logits[:80, KIND.labels.index("outside_body")] = ALWAYS
    logits[80:, KIND.labels.index("laparoscopic_cholecystectomy")] = ALWAYS
    times_s = np.arange(100.0)
    assert read_kind(logits, np.zeros(100), times_s, settings()).kind is VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY
    assert read_kind(logits[:80], np.zeros(80), times_s[:80], settings()).kind is VideoKind.OUTSIDE_BODY


def test_frames_that_disagree_name_no_kind() -> None:
    logits = np.full((90, len(KIND.labels)), NEVER)
    for place in range(3):
        logits[place::3, place] = ALWAYS
    found = read_kind(logits, np.zeros(90), np.arange(90.0), settings())
    assert found.kind is VideoKind.UNKNOWN
    assert found.probability == pytest.approx(2 / 3, abs=1e-3)
    assert found.likeliest_probability == pytest.approx(1 / 3, abs=1e-3)


def test_another_laparoscopy_has_to_be_more_probable_than_other_kinds_to_be_named() -> None:
    logits = np.full((100, len(KIND.labels)), NEVER)
    for label in ("other_laparoscopy", "laparoscopic_cholecystectomy"):
        other = "laparoscopic_cholecystectomy" if label == "other_laparoscopy" else "other_laparoscopy"
        logits[:] = NEVER
        logits[:70, KIND.labels.index(label)] = ALWAYS
        logits[70:, KIND.labels.index(other)] = ALWAYS
        found = read_kind(logits, np.zeros(100), np.arange(100.0), settings())
        assert found.likeliest.value == label
        assert found.kind is (VideoKind.UNKNOWN if label == "other_laparoscopy" else found.likeliest)


def test_an_unknown_video_says_what_it_looks_most_like_and_no_watcher_speaks(tmp_path: Path) -> None:
    eyes = untrained_eyes()
    said = cholecystectomy(instrument__hook=ALWAYS)
    said |= {"kind/laparoscopic_cholecystectomy": 1.0, "kind/other_laparoscopy": 0.8, "kind/box_trainer": 0.6}
    facts = list(read_video(stored(tmp_path / "f", eyes, said), eyes).facts())
    assert [fact.label for fact in facts] == ["unknown", "laparoscopic_cholecystectomy"]
    assert sum(fact.probability for fact in facts) == pytest.approx(1.0, abs=1e-3)
    assert kind_of(facts) is VideoKind.UNKNOWN


def test_a_looped_clip_and_a_frozen_picture_give_no_phases(tmp_path: Path) -> None:
    eyes = untrained_eyes()
    loop = torch.rand(10, 1, 1280, generator=torch.Generator().manual_seed(2)).repeat(90, 1, 1) * 6
    noise = 1 + 0.01 * torch.randn(900, 1, 1280, generator=torch.Generator().manual_seed(3))
    frozen = loop[:1].expand(900, 1, 1280)
    said = cholecystectomy(instrument__hook=ALWAYS)
    for name, features in (("loop", loop * noise), ("frozen", frozen)):
        store = stored(tmp_path / name, eyes, said, num_frames=900, features=features)
        assert lanes(store, eyes) == {"kind", "course", "instrument"}
        assert not read_video(store, eyes).has_course


def test_pictures_that_follow_one_another_are_no_repeats() -> None:
    pictures = torch.rand(200, 1280, generator=torch.Generator().manual_seed(0)) * 6
    assert not repeated(pictures, np.arange(200.0)).any()
    again = torch.cat([pictures[:20], pictures[:20]])
    assert repeated(again, np.arange(40.0)).tolist() == [False] * 20 + [True] * 20


def test_a_cell_is_the_mean_of_its_frames_and_an_empty_one_repeats_its_neighbour() -> None:
    values = np.array([[1.0], [3.0], [10.0]])
    times_s = np.array([0.0, CELL_S - 1, 3 * CELL_S])
    np.testing.assert_allclose(cells_of(values, times_s)[:, 0], [2, 2, 10, 10])


@pytest.mark.parametrize("num_frames", [1, 3, 32, 400])
def test_a_video_of_any_length_has_phases_that_sum_to_one(num_frames: int) -> None:
    said = read_phases(
        [reader(len(EYES_NAMES))], np.zeros((num_frames, len(EYES_NAMES) + 3)), np.arange(float(num_frames))
    )
    assert said.shape == (num_frames, len(PHASES))
    np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-6)


def test_eyes_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    eyes = untrained_eyes()
    eyes.save(tmp_path / "eyes.safetensors")
    again = Eyes.load(tmp_path / "eyes.safetensors")
    hidden, last = torch.rand(2, 2, 192, 7, 7)
    assert (again.rows_id, again.settings) == (eyes.rows_id, eyes.settings)
    torch.testing.assert_close(again.rows(hidden, last), eyes.rows(hidden, last), atol=5e-2, rtol=5e-2)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "eyes.safetensors"
    untrained_eyes().save(path)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00\x01")
    with pytest.raises(ModelError):
        Eyes.load(path)


def test_eyes_for_another_tower_are_refused(tmp_path: Path) -> None:
    untrained_eyes("another-tower").save(tmp_path / "eyes.safetensors")
    with pytest.raises(ModelMismatch, match="another-tower"):
        FrameEncoder(EncoderOptions(weights=TOWER, eyes=tmp_path / "eyes.safetensors"))


def test_rows_of_other_eyes_are_stale(tmp_path: Path) -> None:
    eyes = untrained_eyes()
    store = stored(tmp_path / "f", eyes, cholecystectomy())
    with pytest.raises(FeaturesStale):
        FeatureStore.open(store.path, heads_id="other-none")
    with pytest.raises(FeaturesStale):
        find_timeline(replace(store, output_names=("phase/preparation", *ROW_NAMES)), None, eyes=eyes)


def test_one_pass_gives_the_towers_patches_and_the_eyes_rows(tmp_path: Path) -> None:
    untrained_eyes().save(tmp_path / "eyes.safetensors")
    options = EncoderOptions(weights=TOWER, precision="float32")
    plain, seeing = FrameEncoder(options), FrameEncoder(replace(options, eyes=tmp_path / "eyes.safetensors"))
    frames = torch.rand(2, 3, 224, 224) * 2 - 1
    seen = seeing.read(frames)
    torch.testing.assert_close(seen.patches, plain.encode(frames))
    assert seeing.eyes is not None
    assert seen.rows is not None
    assert seeing.output_names == ROW_NAMES
    hidden = _plain_backbone().run_to(EYES_FIRST_BLOCK, frames)
    last = _plain_backbone().run_to(FIRST_BLOCK, frames)
    expected = Eyes.load(tmp_path / "eyes.safetensors").rows(hidden, last)
    torch.testing.assert_close(seen.rows, expected, atol=1e-3, rtol=1e-3)


def _plain_backbone() -> Backbone:
    from inference.vision.encoder import load_tower

    return load_tower(TOWER)[0].eval().requires_grad_(False)


def test_data_sets_and_outputs_call_things_the_same() -> None:
    assert cholec80_phases.PHASES == PHASES
    assert TOOL.labels == tools.TOOLS
    assert ANATOMY.labels == endoscapes.ANATOMY
    assert tuple(endoscapes.CRITERIA) == CRITICAL_VIEW.labels
    assert set(KIND.labels) <= set(kinds.KINDS)
    assert {*kinds.KINDS, kinds.UNKNOWN} == {kind.value for kind in VideoKind}


def test_a_file_with_other_outputs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "eyes.safetensors"
    untrained_eyes().save(path)
    monkeypatch.setattr("inference.vision.eyes.eyes.EYES_NAMES", EYES_NAMES[:-1])
    with pytest.raises(ModelUntrained):
        Eyes.load(path)
