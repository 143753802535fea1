"""What nobody watches for is not denied."""

import pytest

from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.unwatched import with_unwatched
from inference.evidence.watched import NOT_KNOWN, kind_of, watch_over, watched_outputs
from inference.llava_surg.answering.timeline_text import timeline_text

WATCHED = watched_outputs(
    (
        "instrument/hook",
        "instrument/clipper",
        "simulator/gesture/reach",
        "simulator/task/suturing",
        "simulator/instrument/scissors",
    )
)
HOOK = Fact(lane="instrument", label="hook", start_s=0, end_s=9, probability=0.9)


def test_box_trainer_outputs_stand_in_the_usual_lanes() -> None:
    labels = WATCHED.labels_for(VideoKind.BOX_TRAINER)

    assert labels == {("verb", "reach"), ("phase", "suturing"), ("instrument", "scissors")}


def test_what_only_the_simulators_heads_know_is_unknown_in_an_operation() -> None:
    facts = with_unwatched((HOOK,), "Are scissors visible?", watched=WATCHED, window=(0, 9))

    assert ("instrument", "scissors", 0.0) in {(fact.lane, fact.label, fact.probability) for fact in facts}


def test_a_simulated_video_is_watched_for_what_the_simulators_heads_know() -> None:
    exercise = Fact(lane="phase", label="suturing", start_s=0, end_s=9, probability=0.9)

    assert with_unwatched((exercise,), "Are scissors visible?", watched=WATCHED, window=(0, 9)) == (exercise,)


@pytest.mark.parametrize(
    ("question", "finding"),
    [
        ("Is there bleeding?", "bleeding"),
        ("Was the critical view of safety achieved?", "critical view of safety"),
        ("Was the bile duct injured?", "injury"),
        ("Did the surgeon make a mistake?", "error"),
    ],
)
def test_what_surgeons_ask_and_no_head_looks_for_is_unknown(question: str, finding: str) -> None:
    facts = with_unwatched((HOOK,), question, watched=WATCHED, window=(0, 9))

    assert f"finding: {finding} 0-9 unknown" in timeline_text(facts, start_s=0, end_s=9)


def test_a_label_nobody_watches_is_unknown_when_asked_about() -> None:
    facts = with_unwatched((HOOK,), "Are scissors visible?", watched=WATCHED, window=(0, 9))

    assert "instrument: hook 0-9 sure; scissors 0-9 unknown" in timeline_text(facts, start_s=0, end_s=9)


def test_a_watched_label_that_is_not_there_stays_absent() -> None:
    assert with_unwatched((HOOK,), "Is there a clipper?", watched=WATCHED, window=(0, 9)) == (HOOK,)


def test_without_any_timeline_nothing_is_added() -> None:
    assert with_unwatched((), "Are scissors visible?", watched=WATCHED, window=(0, 9)) == ()
    assert with_unwatched((HOOK,), "Are scissors visible?", watched=NOT_KNOWN, window=(0, 9)) == (HOOK,)


def test_a_word_is_watched_known_but_not_watched_or_unknown() -> None:
    watch = watch_over((HOOK,), watched=WATCHED, duration_s=9)

    assert watch.status("instrument", "clipper") == "watched"
    assert watch.status("instrument", "scissors") == "not_watched"
    assert watch.status("finding", "bleeding") == "not_watched"
    assert watch.status("instrument", "giraffe") == "unknown"


@pytest.mark.parametrize("kind", sorted(set(VideoKind) - {"laparoscopic_cholecystectomy", "box_trainer"}))
def test_in_a_strange_kind_of_video_nothing_is_watched(kind: VideoKind) -> None:
    assert WATCHED.labels_for(kind) == frozenset()


def test_the_kind_is_what_was_seen_longest_and_a_made_up_one_is_unknown() -> None:
    def said(label: str, end_s: float) -> Fact:
        return Fact(lane="kind", label=label, start_s=0, end_s=end_s, probability=0.9)

    assert kind_of((said("not_surgery", 3), said("robotic", 9), HOOK)) is VideoKind.ROBOTIC
    assert kind_of((said("opera", 9),)) is VideoKind.UNKNOWN
    assert kind_of((said("robotic", 9), said("unknown", 9))) is VideoKind.UNKNOWN


def test_an_output_of_nobody_is_refused() -> None:
    with pytest.raises(KeyError):
        watched_outputs(["planet/mars"])


def test_who_was_taught_one_phase_alone_looks_only_there() -> None:
    told = [
        Fact(lane="phase", label="carlot-triangle-dissection", start_s=0, end_s=40, probability=0.9),
        Fact(lane="phase", label="gallbladder-dissection", start_s=40, end_s=100, probability=0.9),
        Fact(lane="body", label="outside", start_s=30, end_s=50, probability=0.9),
    ]
    watch = watch_over(told, watched=NOT_KNOWN, duration_s=100)
    assert watch.looked_for("anatomy") == (Span(start_s=0, end_s=30),)
    assert watch.looked_for("instrument") == (Span(start_s=0, end_s=30), Span(start_s=50, end_s=100))
