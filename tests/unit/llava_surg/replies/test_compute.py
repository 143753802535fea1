"""What is computed from a timeline, and how it is refused what a timeline cannot carry."""

import pytest

from inference.evidence.citation import Span, spans
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.ontology import ROWS
from inference.evidence.watched import Watch
from inference.llava_surg.answering.knowledge import PHASE_ORDER
from inference.llava_surg.asked.question import understand
from inference.llava_surg.replies.compute import computed
from inference.llava_surg.replies.languages import PHRASES
from inference.llava_surg.replies.phrases import Phrases
from inference.llava_surg.replies.reply import Reply
from inference.llava_surg.replies.view import View
from inference.llava_surg.schema import Turn

DURATION_S = 100.0
# What is no template.
MAPS = ("labels", "aims", "suggestions", "lanes")
# They stand in sentences.
FRAGMENTS = ("if_so", "listed_probable", "operation_end")


def fact(lane: str, label: str, start_s: float, end_s: float, probability: float = 0.9) -> Fact:
    return Fact(lane=lane, label=label, start_s=start_s, end_s=end_s, probability=probability)


FACTS = (
    fact("phase", "carlot-triangle-dissection", 0, 60),
    fact("phase", "clipping-and-cutting", 60, 100),
    fact("instrument", "grasper", 0, 100),
    fact("instrument", "hook", 5, 20),
    fact("instrument", "hook", 30, 45),
    fact("instrument", "scissors", 80, 84, 0.5),
    fact("verb", "dissect", 5, 45),
    fact("target", "cystic_duct", 50, 70),
)
WATCHED = frozenset(
    {("phase", name) for name in ("carlot-triangle-dissection", "clipping-and-cutting", "gallbladder-dissection")}
    | {("instrument", name) for name in ("grasper", "hook", "clipper", "scissors")}
    | {("verb", name) for name in ("dissect", "clip", "cut")}
    | {("target", name) for name in ("cystic_duct", "cystic_artery", "liver")}
)


def watching(labels: frozenset[tuple[str, str]], *looked: Span) -> Watch:
    return Watch(
        kind=VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY,
        labels=labels,
        looked=looked or (Span(start_s=0, end_s=DURATION_S),),
        duration_s=DURATION_S,
    )


def reply_to(question: str, *before: str, facts: tuple[Fact, ...] = FACTS, watch: Watch | None = None) -> Reply:
    asked = understand(question, duration_s=DURATION_S, history=[Turn(question=one, answer="") for one in before])
    start_s, end_s = asked.span or (0.0, DURATION_S)
    watch = watch or watching(WATCHED)
    view = View(facts=facts, watch=watch, start_s=start_s, end_s=min(end_s, DURATION_S))
    reply = computed(asked, view, duration_s=DURATION_S)
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Is a hook visible?", "Yes, a hook is seen [[t=5-20]] [[t=30-45]]."),
        ("Is a clipper visible?", "No, a clipper is not seen [[t=0-100]]."),
        ("Isn't there a hook?", "A hook is seen [[t=5-20]] [[t=30-45]]."),
        (
            "When is the hook first used?",
            "A hook is first seen at 0:05 [[t=5-20]]. A hook is seen 2 times [[t=5-20]] [[t=30-45]].",
        ),
        ("How long is the hook used?", "A hook is seen for 30 s in all [[t=5-20]] [[t=30-45]]."),
        ("How often is a grasper seen?", "A grasper is seen once [[t=0-100]]."),
        ("Is the hook used before the grasper?", "A grasper is first seen before a hook [[t=0-100]] [[t=5-20]]."),
        ("Which instruments are visible?", "A grasper is seen [[t=0-100]]. A hook is seen [[t=5-20]] [[t=30-45]]."),
        (
            "Which instruments are visible from 0:31 to 0:35?",
            "A grasper is seen [[t=31-35]]. A hook is seen [[t=31-35]].",
        ),
        ("Which phase is this at 0:10?", "The phase is dissection of the Calot triangle [[t=8-12]]."),
        ("What is the surgeon doing?", "Dissecting is seen [[t=5-45]]."),
        (
            "Has the gallbladder been freed?",
            "No, the phase is clipping and cutting, so it cannot be said that the gallbladder is free of the liver "
            "[[t=60-100]].",
        ),
        (
            "Is this gallbladder dissection?",
            "No, the phase is dissection of the Calot triangle, not gallbladder dissection [[t=0-60]].",
        ),
    ],
)  # fmt: skip
def test_what_the_timeline_can_compute_is_computed(question: str, text: str) -> None:
    reply = reply_to(question)
    assert reply.text == text
    assert not reply.is_insufficient


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Is the ureter visible?", "ureter"),
        ("Is there bleeding?", "bleeding"),
        ("Is a giraffe visible?", "giraffe"),
        ("Has a clip slipped off?", "slipped"),
        ("Why did the surgeon cut the common bile duct at 0:02?", "common bile duct"),
        ("Why is the clipper used?", "clipper"),
        ("How deep is the incision?", "incision"),
        ("How many stitches were placed?", "stitches"),
        ("Rate the surgeon's skill.", "skill"),
        ("Is a pair of scissors visible?", "scissors"),
        ("Was the critical view of safety achieved?", "critical view"),
        ("Is the cystic artery clipped?", "cystic artery"),
        ("What is the capital of Peru?", "capital of Peru"),
    ],
)
def test_a_refusal_says_neither_yes_nor_no_and_names_what_was_asked(question: str, named: str) -> None:
    reply = reply_to(question)
    assert reply.is_insufficient
    assert named.lower() in reply.text.lower()
    assert not reply.text.startswith(("Yes", "No,"))


def test_an_unsure_label_is_told_with_its_number() -> None:
    assert "unsure (probability 0.50)" in reply_to("Are scissors visible?").text


def test_a_refusal_claims_nothing() -> None:
    assert not any(sentence.is_claim for sentence in reply_to("Is the ureter visible?").sentences)


def test_nothing_is_denied_of_seconds_in_which_nobody_looked() -> None:
    reply = reply_to("Is a clipper visible?", watch=watching(WATCHED, Span(start_s=60, end_s=100)))
    assert reply.is_insufficient
    assert "clipper" in reply.text
    assert reply_to("Is a clipper visible after 1:10?", watch=watching(WATCHED, Span(start_s=60, end_s=100))).text == (
        "No, a clipper is not seen [[t=70-100]]."
    )


def test_an_action_on_a_structure_is_not_told_from_two_things_seen_at_once() -> None:
    reply = reply_to("Is the cystic duct dissected?")
    assert reply.is_insufficient
    assert "need not belong together" in reply.text


def test_every_claim_carries_its_facts_inside_the_asked_seconds() -> None:
    for question in ("Describe what happens between 0:10 and 0:40.", "Which instruments are seen from 0:10 to 0:40?"):
        for sentence in reply_to(question).sentences:
            assert sentence.facts
            assert all(10 <= span.start_s <= span.end_s <= 40 for span in spans(sentence.text))


def test_describing_tells_the_course_in_order() -> None:
    text = reply_to("Describe the operation.").text
    assert text.index("Calot") < text.index("clipping and cutting")


def test_seconds_behind_the_end_are_told_where_the_video_ends() -> None:
    reply = reply_to("What happens after 5:00?")
    assert "1:40" in reply.text
    assert reply.is_insufficient


def test_a_strange_kind_of_video_is_not_described_and_nothing_is_denied() -> None:
    for question in ("Which instruments are visible?", "Which phase is this?", "Is a hook visible?", "Describe it."):
        reply = reply_to(question, facts=(), watch=watching(frozenset()))
        assert reply.is_insufficient
        assert not reply.text.startswith(("Yes", "No,"))


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Welche Instrumente sind sichtbar?", "de"),
        ("Gibt es eine Blutung?", "de"),
        ("Quels instruments sont visibles ?", "fr"),
        ("¿Qué instrumentos se ven?", "es"),
        ("Quali strumenti si vedono?", "it"),
        ("可以看到哪些器械？", "zh"),
    ],
)
def test_a_reply_is_in_the_language_of_its_question(question: str, code: str) -> None:
    reply = reply_to(question)
    own = PHRASES[code]
    beginnings = [template.split("{")[0] for template in (own.seen, own.not_watched)]
    assert any(reply.text.startswith(beginning) for beginning in beginnings if beginning)


def test_another_language_is_declined_with_the_languages_that_are_answered() -> None:
    assert "English, German" in reply_to("Welke instrumenten zijn zichtbaar?").text


@pytest.mark.parametrize("phrases", PHRASES.values(), ids=lambda phrases: phrases.code)
def test_every_language_knows_aim_and_meaning_of_each_phase(phrases: Phrases) -> None:
    assert set(phrases.aims) == set(phrases.suggestions) == set(PHASE_ORDER)
    assert all([*phrases.aims.values(), *phrases.suggestions.values()])


@pytest.mark.parametrize("phrases", PHRASES.values(), ids=lambda phrases: phrases.code)
def test_every_template_is_one_sentence_and_keeps_its_fields(phrases: Phrases) -> None:
    english = PHRASES["en"]
    for name in (
        field for field in english.__dataclass_fields__ if field not in ("code", "insufficient", *MAPS, *FRAGMENTS)
    ):
        template = getattr(phrases, name)
        assert template.endswith((".", "。")), name
        assert ("{cite}" in template) == ("{cite}" in getattr(english, name)), name
        if phrases.code != "en":
            assert set(phrases.labels) >= {("instrument", "hook"), ("phase", "preparation"), ("target", "liver")}


@pytest.mark.parametrize("code", ["de", "fr", "es", "it", "zh"])
def test_every_label_that_is_watched_has_a_name_in_each_language(code: str) -> None:
    outputs = {
        row.key for row in ROWS if row.is_said and row.columns and row.lane in ("phase", "instrument", "verb", "body")
    }
    assert not outputs - set(PHRASES[code].labels)
