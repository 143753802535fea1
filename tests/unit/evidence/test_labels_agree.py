"""Words that both inference and the web know stand once on each side, and are the same."""

import pytest

from inference.evidence.lanes import LANES
from inference.evidence.ontology import shown_labels
from webapp.lib.errors import ApplicationError
from webapp.lib.labels import FREE_LANES, LABEL_WORDS, label_words, require_known
from webapp.videos import models


def test_both_sides_know_the_same_labels_by_the_same_words() -> None:
    assert {lane: words for lane, words in shown_labels().items() if lane not in FREE_LANES} == LABEL_WORDS


def test_both_sides_know_the_same_lanes() -> None:
    assert set(models.TimelineFact.Lane.values) == {lane.name for lane in LANES if lane.is_shown}


@pytest.mark.parametrize(("lane", "label"), [("instrument", "giraffe"), ("verb", "hook"), ("planet", "hook")])
def test_a_label_without_a_word_is_refused(lane: str, label: str) -> None:
    with pytest.raises(ApplicationError, match=label):
        require_known(lane, label)


def test_what_was_read_off_the_screen_is_no_label() -> None:
    require_known("text", "ANY_words-at all")

    assert label_words("text", "ANY_words-at all") == "ANY_words-at all"


def test_a_label_reads_as_in_answers() -> None:
    assert label_words("phase", "carlot-triangle-dissection") == "dissection of the Calot triangle"
    assert label_words("instrument", "needle_driver") == "needle driver"


def test_a_label_of_an_older_model_can_still_be_read() -> None:
    assert label_words("instrument", "bowel_clamp") == "bowel clamp"
