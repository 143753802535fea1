"""What trains the eyes: who may learn from what, and the same data giving the same eyes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from inference.datasets.frames import LabelledFrame
from inference.datasets.kinds import CHOLECYSTECTOMY, NOT_SURGERY, OTHER_LAPAROSCOPY, ROBOTIC, inside, outside
from inference.datasets.operations import OneOf, Operation, cholec80
from inference.vision.backbone import EARLY_CHANNELS, GRID_SIZE
from inference.vision.eyes.early_statistics import NUM_STATISTICS
from inference.vision.outputs import EYES_NAMES, KIND, PHASES
from inference.vision.training.cells import COLUMNS as CELL_COLUMNS
from inference.vision.training.cells import UNKNOWN as CELLS_UNKNOWN
from inference.vision.training.cells import Cells
from inference.vision.training.early_fit import fit_early_head
from inference.vision.training.eyes_data import EyesData, truth_row
from inference.vision.training.eyes_fit import EyesFitOptions, branch_logits, fit_branch, row_weights
from inference.vision.training.eyes_folds import branch_key
from inference.vision.training.kind_fit import UNKNOWN, fit_kind_head, kind_labels
from inference.vision.training.reader_fit import ReaderFitOptions, fit_reader, recording

FEW = EyesFitOptions(num_steps=2, batch_size=4, averaged_from_step=0)


def frame(origin: Operation | OneOf, truth: dict[str, float], *, folder: str = "f") -> LabelledFrame:
    return LabelledFrame(
        folder=folder, video=origin.name, origin=origin, path=Path("x.jpg"), timestamp_s=0.0, truth=truth
    )


def data(*frames: LabelledFrame) -> EyesData:
    random = np.random.default_rng(0)
    shape = (len(frames), EARLY_CHANNELS, 7, 7)
    views = tuple(random.normal(size=shape).astype(np.float16) for _ in range(2))
    truth = np.stack([truth_row(one) for one in frames])
    return EyesData(frames=frames, views=views, truth=truth, cells=nothing_drawn(len(frames)))


def nothing_drawn(count: int) -> Cells:
    none = np.zeros((0, len(CELL_COLUMNS), GRID_SIZE, GRID_SIZE), np.float16)
    return Cells(places=np.full(count, CELLS_UNKNOWN), of_views=(none, none))


HOOK = {"instrument/hook": 1.0}
FOUR = tuple(frame(cholec80(number), HOOK) for number in (1, 2, 3, 6))


def test_a_folds_frames_train_nothing_that_is_judged_on_it() -> None:
    unnamed = frame(OneOf("boxes", frozenset({cholec80(1)})), HOOK)
    nothing_known = frame(cholec80(2), {})
    found = data(*FOUR, unnamed, nothing_known)
    assert found.judged_rows(1).tolist() == [0, 3]
    assert found.training_rows(1).tolist() == [1, 2]
    assert found.allowed_rows(1).tolist() == [1, 2, 5]
    assert found.training_rows(None).tolist() == [0, 1, 2, 3, 4]


def test_operations_of_a_set_count_alike_however_many_frames_they_have() -> None:
    many, few = [frame(cholec80(1), HOOK)] * 9, [frame(cholec80(2), HOOK)]
    weights = row_weights(data(*many, *few), np.arange(10))
    np.testing.assert_allclose(weights[:9].sum(), weights[9])


def test_the_same_data_and_seed_give_the_same_branch() -> None:
    found, rows = data(*FOUR), np.arange(4)
    first, again = (branch_logits(fit_branch(found, rows, FEW), found.views[0]) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (4, len(EYES_NAMES))


def test_a_folds_outputs_are_kept_under_all_they_depend_on() -> None:
    found = data(*FOUR)
    key = branch_key(found, FEW)
    other_truth = replace(found, truth=np.where(np.isnan(found.truth), found.truth, 0.0))
    other_views = replace(found, views=(found.views[1], found.views[0]))
    others = [branch_key(other_truth, FEW), branch_key(other_views, FEW), branch_key(found, replace(FEW, seed=1))]
    assert len({key, *others}) == 4
    assert branch_key(found, FEW) == key


def test_a_lectures_keyhole_surgery_is_another_laparoscopy_and_an_open_choice_teaches_nothing() -> None:
    frames = (
        frame(Operation("s", 1), inside(OTHER_LAPAROSCOPY, ROBOTIC)),
        frame(Operation("s", 1), outside(NOT_SURGERY)),
        frame(Operation("t", 1), inside(CHOLECYSTECTOMY, OTHER_LAPAROSCOPY)),
    )
    expected = [KIND.labels.index(OTHER_LAPAROSCOPY), KIND.labels.index(NOT_SURGERY), UNKNOWN]
    assert kind_labels(frames).tolist() == expected


def test_what_lies_far_from_all_training_frames_is_stranger_and_an_unseen_kind_is_never_named() -> None:
    frames = tuple(
        frame(Operation(name, 1), inside(kind), folder=name)
        for name, kind in (("a", CHOLECYSTECTOMY), ("b", OTHER_LAPAROSCOPY))
        for _ in range(200)
    )
    random = torch.Generator().manual_seed(0)
    values = torch.randn(400, NUM_STATISTICS, generator=random)
    values[200:, :40] += 3
    head = fit_kind_head([values], kind_labels(frames), frames, np.arange(400))
    told = head.of_statistics(torch.cat([values, 5 * values]))
    kinds, strangeness = told[:, : len(KIND.labels)], told[:, len(KIND.labels)]
    assert (kinds[:400].argmax(dim=1) == torch.arange(400) // 200).float().mean() > 0.9
    assert (kinds[:, 2:] < kinds[:, :2].max(dim=1, keepdim=True).values - 10).all()
    assert strangeness[400:].min() > strangeness[:400].max()


def test_a_reader_learns_which_phase_goes_with_what_was_seen() -> None:
    random = np.random.default_rng(0)
    times_s, phases = np.arange(240) * 4.0, np.repeat([0, 1, 2, 3], 60)
    values = random.normal(size=(240, len(EYES_NAMES))) * 0.1
    values[np.arange(240), phases] += 3
    recordings = [recording(values, times_s, phases), recording(values[::-1].copy(), times_s, phases[::-1].copy())]
    options = ReaderFitOptions(num_epochs=60)
    first, again = (fit_reader(recordings, options, seed=0) for _ in range(2))
    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), again.parameters(), strict=True))
    said = first(recordings[0].cells[None])[-1][0]
    assert said.shape == (240, len(PHASES))
    assert (said.argmax(dim=1).numpy() == phases).mean() > 0.9


def test_an_early_head_learns_what_statistics_tell_and_adds_nothing_where_nothing_is_known() -> None:
    random, bleeding = np.random.default_rng(0), EYES_NAMES.index("bleeding/bleeding")
    values = torch.from_numpy(random.normal(size=(60, NUM_STATISTICS))).float()
    truth = np.full((60, len(EYES_NAMES)), np.nan, np.float32)
    truth[:, bleeding] = np.arange(60) % 2
    values[1::2, :30] += 2
    head = fit_early_head([values], truth, np.arange(40))
    added = head.added_to(torch.zeros(60, len(EYES_NAMES)), values)
    assert ((added[40:, bleeding] > 0).numpy() == (truth[40:, bleeding] > 0.5)).all()
    others = [column for column in range(len(EYES_NAMES)) if column != bleeding]
    assert (added[:, others] == 0).all()
