"""What nobody watches for is not denied."""

from inference.llava_surg.schema import Fact
from inference.llava_surg.timeline_text import timeline_text
from inference.llava_surg.watched import watched_labels, with_unwatched

WATCHED = watched_labels(
    ("instrument/hook", "instrument/clipper", "simulator/gesture/reach", "simulator/task/suturing")
)
HOOK = Fact(lane="instrument", label="hook", start_s=0, end_s=9, probability=0.9)


def test_box_trainer_outputs_stand_in_the_usual_lanes() -> None:
    assert {("verb", "reach"), ("phase", "suturing")} <= WATCHED


def test_a_label_nobody_watches_is_unknown_when_asked_about() -> None:
    facts = with_unwatched((HOOK,), "Are scissors visible?", watched=WATCHED, window=(0, 9))

    assert "instrument: hook 0-9 sure; scissors 0-9 unknown" in timeline_text(facts, start_s=0, end_s=9)


def test_a_watched_label_that_is_not_there_stays_absent() -> None:
    assert with_unwatched((HOOK,), "Is there a clipper?", watched=WATCHED, window=(0, 9)) == (HOOK,)


def test_without_any_timeline_nothing_is_added() -> None:
    assert with_unwatched((), "Are scissors visible?", watched=WATCHED, window=(0, 9)) == ()
    assert with_unwatched((HOOK,), "Are scissors visible?", watched=frozenset(), window=(0, 9)) == (HOOK,)
