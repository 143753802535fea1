"""One id for each operation, and folds that hold an operation out of every data set at once."""

import pytest

from inference.datasets.cholect50 import operation_of
from inference.datasets.frames import DatasetInvalid
from inference.datasets.operations import NUM_FOLDS, OneOf, Operation, cholec80, is_judged, may_train
from inference.datasets.tool_boxes import KNOWN_AMONG_CHOLEC80_BOXES


def test_cholect50_and_cholec80_name_the_same_operation_the_same() -> None:
    assert [operation_of(f"VID{number}") for number in (68, 70, 74)] == [cholec80(68), cholec80(70), cholec80(74)]


def test_a_video_without_a_number_is_refused_by_name() -> None:
    with pytest.raises(DatasetInvalid, match="surgery"):
        operation_of("surgery")


def test_an_operation_never_trains_what_it_is_judged_on() -> None:
    for number in range(1, 81):
        for fold in range(NUM_FOLDS):
            assert may_train(cholec80(number), held_out_fold=fold) != is_judged(cholec80(number), held_out_fold=fold)


def test_operations_of_one_number_in_two_collections_are_two() -> None:
    assert Operation("endoscapes", 5) != cholec80(5)


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_frames_of_unnamed_operations_stay_out_where_one_of_them_is_held_out(number: int) -> None:
    boxes = OneOf("cholec80-tool-boxes", KNOWN_AMONG_CHOLEC80_BOXES)

    assert not may_train(boxes, held_out_fold=cholec80(number).fold)


def test_frames_of_unnamed_operations_are_never_judged() -> None:
    boxes = OneOf("cholec80-tool-boxes", KNOWN_AMONG_CHOLEC80_BOXES)

    assert not any(is_judged(boxes, held_out_fold=fold) for fold in range(NUM_FOLDS))
    assert may_train(boxes, held_out_fold=None)
