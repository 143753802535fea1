"""Replies as their readers take them: a right reason, no word twice, no number beside its opposite."""

import pytest

from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.watched import Watch
from inference.llava_surg.replies.languages import PHRASES
from inference.llava_surg.replies.reply import Reply, joined
from tests.unit.llava_surg.asked.made_up import DURATION_S, WATCHED, operation, reply_to, watch

FULL = operation()


def fact(lane: str, label: str, start_s: float, end_s: float, probability: float = 0.9) -> Fact:
    return Fact(lane=lane, label=label, start_s=start_s, end_s=end_s, probability=probability)


def reply(*turns: str, facts: tuple[Fact, ...] = FULL, watched: Watch | None = None) -> Reply:
    found = reply_to(*turns, facts=facts, watched=watched)[1]
    assert found is not None
    return found


NOTHING_WATCHED = Watch(
    kind=VideoKind.UNKNOWN,
    labels=frozenset({("kind", "unknown"), ("course", "repeated")}),
    looked=(Span(start_s=0, end_s=DURATION_S),),
    duration_s=DURATION_S,
)
PEGS = (fact("kind", "box_trainer", 0, 120, 1.0), fact("phase", "peg_transfer", 0, 120, 1.0))


@pytest.mark.parametrize(
    "question", ["What happens next?", "Why is this done?", "What does this suggest?", "What comes after that?"]
)
def test_an_exercise_is_not_called_an_unsure_phase(question: str) -> None:
    text = reply(question, facts=PEGS).text
    assert "peg transfer is an exercise" in text
    assert "unsure" not in text


def test_an_exercise_is_called_one_and_a_camera_outside_is_told() -> None:
    assert reply("Which phase is this?", facts=PEGS).text == (
        "The exercise is peg transfer (probability 0.99) [[t=0-120]]."
    )
    away = (fact("body", "outside", 0, 60), fact("instrument", "grasper", 80, 90))
    assert reply("Describe the video.", facts=away).text == (
        "A picture from outside the body is seen [[t=0-60]]. A grasper is seen [[t=80-90]]."
    )
    assert "from outside the body is seen" in reply("Which instruments are visible from 0:10 to 0:30?", facts=away).text


def test_where_nobody_tells_inside_from_outside_the_kind_of_video_is_told() -> None:
    trainer = Watch(
        kind=VideoKind.BOX_TRAINER,
        labels=frozenset({("phase", "peg_transfer")}),
        looked=(Span(start_s=0, end_s=DURATION_S),),
        duration_s=DURATION_S,
    )
    told = reply("Are we inside the abdomen?", facts=PEGS, watched=trainer)
    assert told.is_insufficient
    assert "an exercise in a box trainer" in told.text


def test_one_thing_is_counted_as_one() -> None:
    hook = (fact("instrument", "hook", 3, 9),)
    assert reply("How many instruments are used?", facts=hook).text == "Instruments seen: 1, namely a hook [[t=3-9]]."


def test_no_probability_is_told_as_certainty() -> None:
    for question in ("Which kind of video is this?", "How sure are you that this is peg transfer?"):
        assert "1.00" not in reply(question, facts=PEGS).text
    assert "0.99" in reply("Which kind of video is this?", facts=PEGS).text


def test_a_refusal_does_not_say_its_noun_twice() -> None:
    assert reply("Is the spleen visible?").text == (
        "Not enough evidence: the spleen is not watched for in this kind of video."
    )


def test_a_refusal_names_all_that_is_not_watched() -> None:
    watched = watch(WATCHED - {("verb", "cut")})
    facts = tuple(one for one in FULL if one.key != ("verb", "cut"))
    text = reply("Why did the surgeon cut the common bile duct?", facts=facts, watched=watched).text
    assert "cutting and the common bile duct are not watched for" in text


def test_where_nothing_is_watched_the_reason_is_said_once() -> None:
    for question in ("Is a hook visible?", "Is a giraffe visible?", "Which instruments are visible?", "Describe it."):
        text = reply(question, facts=(fact("kind", "unknown", 0, 120),), watched=NOTHING_WATCHED).text
        assert ("no kind of video that is known here" in text) != ("not look like an operation" in text)
        assert "I can tell" not in text


def test_what_is_looked_for_in_one_phase_alone_is_refused_with_that_reason() -> None:
    watched = Watch(
        kind=VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY,
        labels=WATCHED - {("target", "gallbladder")},
        looked=(Span(start_s=0, end_s=DURATION_S),),
        duration_s=DURATION_S,
        phases=(("preparation", Span(start_s=0, end_s=DURATION_S)),),
    )
    text = reply("Is the gallbladder visible?", facts=(fact("phase", "preparation", 0, 120),), watched=watched).text
    assert "looked for only during dissection of the Calot triangle" in text


def test_while_the_camera_is_outside_that_is_the_reason() -> None:
    text = reply("Is a hook visible?", facts=(), watched=watch(WATCHED, (100.0, 120.0))).text
    assert "the camera is outside the body" in text


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Has a clip slipped off?", "clip slipped off"),
        ("Is the camera steady?", "camera steady"),
        ("When was the second trocar pulled out?", "When was the second trocar pulled out"),
        ("Who holds the camera?", "Who holds the camera"),
        ("Which mesh was chosen and why?", "Which mesh was chosen"),
    ],
)
def test_a_refusal_names_what_was_asked_in_whole_words(question: str, named: str) -> None:
    told = reply(question)
    assert told.is_insufficient
    assert f"“{named}" in told.text


@pytest.mark.parametrize(
    "question", ["When is the bipolar used?", "How long is it: the bipolar?", "How often is the bipolar seen?"]
)
def test_what_was_looked_for_and_not_seen_is_told_as_that(question: str) -> None:
    told = reply(question)
    assert told.text == "A bipolar instrument is not seen [[t=0-120]]."
    assert not told.is_insufficient


def test_a_description_tells_unsure_phases_with_their_number_and_groups_what_is_seen() -> None:
    facts = (
        fact("phase", "preparation", 0, 20),
        fact("phase", "clipping-and-cutting", 20, 60, 0.65),
        fact("target", "gallbladder", 0, 60),
        fact("instrument", "clipper", 20, 30),
        fact("verb", "clip", 21, 29),
    )
    assert reply("Describe the video.", facts=facts).text == (
        "The phase is preparation; seen in it: the gallbladder [[t=0-20]]. "
        "The phase is probably clipping and cutting (probability 0.65); "
        "seen in it: a clipper, clipping, the gallbladder [[t=20-60]]."
    )


def test_the_aims_of_all_phases_are_told_where_none_is_named() -> None:
    told = reply("Why is this done?")
    assert [sentence.span for sentence in told.sentences] == [(0, 20), (20, 60), (60, 80), (80, 105), (105, 120)]


def test_how_sure_is_answered_with_the_number_of_what_was_told() -> None:
    assert reply("Is a hook visible?", "Are you sure?").text == (
        "A hook is seen, with probability 0.90 [[t=22-58]] [[t=82-100]]."
    )
    assert "with probability 0.90 [[t=0-20]]" in reply("Which phase is this?", "How sure are you?").text
    assert reply("Is a swab visible?", "Are you sure?").is_insufficient


def test_which_came_first_is_answered_of_what_was_listed() -> None:
    assert reply("Which instruments are visible?", "And which of them comes first?").text == (
        "A grasper is first seen at 0:00 [[t=0-95]]."
    )


def test_after_a_description_what_comes_next_is_told_and_not_the_description_again() -> None:
    assert "usually follows" in reply("Describe the video.", "And then?").text


def test_comparisons_tell_both_and_leave_the_verdict_to_the_numbers() -> None:
    for turns in (
        ("Is the grasper or the hook used more?",),
        ("Is the grasper seen?", "Is it used longer than the hook?"),
    ):
        assert reply(*turns).text == (
            "A grasper is seen for 95 s in all [[t=0-95]]. A hook is seen for 54 s in all [[t=22-58]] [[t=82-100]]."
        )


def test_a_phase_that_is_not_seen_has_no_next_step_and_is_not_called_unsure() -> None:
    told = reply("What comes after cleaning and coagulation?")
    assert told.is_insufficient
    assert "cleaning and coagulation is not seen" in told.text
    assert "unsure" not in told.text


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (("Was the hook used in gallbladder dissection?",), "Yes, a hook is seen [[t=82-100]]."),
        (("Was the clipper used in preparation?",), "No, a clipper is not seen [[t=0-20]]."),
        (("Is clipping followed by cutting?",), "Clipping is first seen before cutting [[t=61-70]] [[t=73-77]]."),
        (("Jump to the clipping.",), "Clipping is first seen at 1:01 [[t=61-70]]."),
        (("How long does Calot take?",), "Dissection of the Calot triangle is seen for 40 s in all [[t=20-60]]."),
        (
            ("Which instruments are seen together with the hook?",),
            "A grasper is seen [[t=22-58]]. A hook is seen [[t=22-58]].",
        ),
        (
            ("When does clipping happen?", "Which instruments are used then?"),
            "A clipper is seen [[t=61-70]]. A grasper is seen [[t=61-70]].",
        ),
        (
            ("Which structures are visible?", "How long is each of them seen?"),
            "The gallbladder is seen for 110 s in all [[t=0-110]]. The liver is seen for 80 s in all [[t=10-90]]. "
            "The cystic duct is seen for 35 s in all [[t=40-75]]. "
            "The cystic artery is seen for 30 s in all [[t=45-75]].",
        ),
        (
            ("Is a hook or a stapler seen?",),
            "A hook is seen [[t=22-58]] [[t=82-100]]. "
            "Not enough evidence: a stapler is not watched for in this kind of video.",
        ),
        (
            ("Is there any time without instruments?",),
            "Not enough evidence to answer “Is there any time without instruments”. "
            "I can tell which instruments, actions, structures and phases are seen, and when.",
        ),
        (("Wird der Ductus cysticus geclippt?",), None),
    ],
)
def test_what_the_timeline_carries_is_answered_in_whichever_words(turns: tuple[str, ...], text: str | None) -> None:
    told = reply(*turns)
    assert told.text == text if text is not None else told.text.startswith("Nicht genug Anhaltspunkte zu „Ductus")


@pytest.mark.parametrize(
    "question",
    [
        "Why was the second surgeon called?",
        "Why did they stop?",
        "Why is the team shouting?",
        "Why did the surgeon change gloves?",
        "How come he left early?",
        "What did the second surgeon do?",
    ],
)
def test_a_premise_without_any_label_is_not_answered_with_the_aim_of_the_phase(question: str) -> None:
    told = reply(question)
    assert told.is_insufficient
    assert not any(sentence.is_claim for sentence in told.sentences)


@pytest.mark.parametrize("question", ["Why is this done?", "Why?", "What for?", "Why does he do this at 0:30?"])
def test_what_is_seen_has_an_aim(question: str) -> None:
    assert "aim is" in reply(question).text


def test_a_clock_time_alone_asks_what_happens_then() -> None:
    assert reply("1:15").text.startswith("The phase is clipping and cutting [[t=73-77]].")


def test_a_reader_who_doubts_gets_the_number_and_no_lecture() -> None:
    assert "with probability 0.90" in reply("Is a hook visible?", "That's wrong.").text


def test_what_is_said_once_is_not_said_again_when_replies_are_joined() -> None:
    first = reply("Is a swab visible?")
    assert joined([first, first]).sentences == first.sentences
    assert not joined([first, reply("Is a hook visible?")]).is_insufficient


@pytest.mark.parametrize("code", sorted(PHRASES))
def test_judging_is_refused_with_the_question_in_every_language(code: str) -> None:
    phrases = PHRASES[code]
    for template in (phrases.judgement, phrases.credential, phrases.cannot_answer, phrases.not_looked_for):
        assert "{question}" in template


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Is anything being coagulated?",
            "No, probably not: coagulating is not seen, but it is often missed [[t=0-120]].",
        ),
        ("Is coagulating seen? Answer yes or no.", "No, probably not [[t=0-120]]."),
        ("When is coagulating seen?", "Coagulating is not seen, but it is often missed [[t=0-120]]."),
        ("Is a bipolar visible?", "No, a bipolar instrument is not seen [[t=0-120]]."),
    ],
)
def test_what_is_often_missed_is_not_denied_for_certain(question: str, text: str) -> None:
    told = reply(question)
    assert told.text == text
    assert [sentence.is_claim for sentence in told.sentences] == ["bipolar" in question]


def test_a_refusal_of_a_named_window_tells_the_kind_of_video_without_leaving_the_window() -> None:
    other = Watch(
        kind=VideoKind.OTHER_LAPAROSCOPY,
        labels=frozenset({("finding", "bleeding"), ("kind", "other_laparoscopy")}),
        looked=(Span(start_s=0, end_s=DURATION_S),),
        duration_s=DURATION_S,
    )
    told = reply(
        "Which phase is it from 0:02 to 0:05?", facts=(fact("kind", "other_laparoscopy", 0, 120),), watched=other
    )
    assert "another laparoscopic operation" in told.text
    assert "[[t=" not in told.text
