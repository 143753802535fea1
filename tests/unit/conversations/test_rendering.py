"""An answer's text as HTML: citations become buttons, verdicts become badges, and nothing hostile passes."""

import re

import pytest

from tests.hostile import HOSTILE_TEXTS, assert_harmless
from tests.vectors import CitationVector, citation_vectors, limit_s, markdown_vectors
from webapp.conversations.models import Claim
from webapp.conversations.rendering import render_answer
from webapp.lib.citation import Span, parts

pytestmark = pytest.mark.filterwarnings("error")


def html_of(text: str, *, duration_s: float | None = 120.0, claims: tuple[Claim, ...] = ()) -> str:
    return str(render_answer(text, duration_s=duration_s, claims=claims).html)


def claim(start_s: float | None, end_s: float | None, verdict: str = "supported", *, index: int = 0) -> Claim:
    return Claim(index=index, text="A clip is placed.", start_s=start_s, end_s=end_s, verdict=verdict)


def test_a_citation_becomes_a_button_that_names_its_seconds() -> None:
    html = html_of("Clips are placed [[t=63.2-71.0]].")
    assert 'data-start-s="63.2"' in html
    assert 'data-end-s="71"' in html
    assert ">1:03–1:11</button>" in html


def test_a_citation_is_clamped_to_the_video() -> None:
    html = html_of("At the end [[t=100-5000]].")
    assert 'data-end-s="120"' in html
    assert ">1:40–2:00</button>" in html


def test_times_past_an_hour_have_hours() -> None:
    assert ">1:00:00–1:00:05</button>" in html_of("[[t=3600-3605]]", duration_s=7200)


@pytest.mark.parametrize("vector", citation_vectors(), ids=lambda vector: repr(vector.text))
def test_every_form_of_a_citation_is_a_button_and_nothing_raw_is_shown(vector: CitationVector) -> None:
    html = html_of(vector.text, duration_s=vector.duration_s)
    spans = [part for part in vector.parts if not isinstance(part, str)]
    assert re.findall(r'data-start-s="([\d.]+)"', html) == [f"{round(start_s, 1):g}" for start_s, _ in spans]
    assert "[t=" not in html
    assert "[[t" not in html


@pytest.mark.parametrize("vector", citation_vectors(), ids=lambda vector: repr(vector.text))
def test_the_web_reads_citations_by_the_same_vectors(vector: CitationVector) -> None:
    found = [[one.start_s, one.end_s] if isinstance(one, Span) else one for one in parts(vector.text, limit_s(vector))]
    assert found == vector.parts


@pytest.mark.parametrize("vector", markdown_vectors(), ids=lambda vector: repr(vector["text"]))
def test_the_server_draws_an_answer_by_the_vectors_that_the_browser_streams_by(vector: dict[str, str]) -> None:
    assert html_of(vector["text"]) == vector["html"]


@pytest.mark.parametrize("text", ["$" * 4000, "\\(" * 2000, "**" * 2000 + "的", "$a" * 3000])
def test_signs_without_end_are_read_in_no_time_and_shown(text: str) -> None:
    assert text[-1] in html_of(text)


def test_a_moment_is_one_time() -> None:
    assert ">0:07</button>" in html_of("[[t=7]]")


@pytest.mark.parametrize("text", ["`[[t=1-2]]`", "```\n[[t=1-2]]\n```"])
def test_a_citation_in_code_is_a_time_in_words(text: str) -> None:
    html = html_of(text)
    assert "<button" not in html
    assert "(0:01–0:02)" in html


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("supported", "supported"), ("not_verified", "not verified"), ("contradicted", "contradicted")],
)
def test_a_verdict_is_an_icon_a_word_and_a_class(verdict: str, words: str) -> None:
    html = html_of("A clip is placed [[t=1-2]].", claims=(claim(1, 2, verdict),))
    assert f'class="verdict {verdict.replace("_", "-")}"' in html
    assert 'aria-hidden="true"' in html
    assert words in html


def test_a_sentence_with_two_citations_has_its_badge_behind_the_second() -> None:
    html = html_of("Seen here [[t=1-2]] and there [[t=8-9]].", claims=(claim(1, 9),))
    assert html.index('data-start-s="8"') < html.index("verdict supported")


def test_a_claim_without_a_time_is_given_back() -> None:
    rendered = render_answer("A clip is placed.", duration_s=10, claims=[claim(None, None)])
    assert [left.text for left in rendered.uncited_claims] == ["A clip is placed."]


def test_markdown_is_shown() -> None:
    html = html_of("**Two** clips:\n\n1. first\n2. second\n\n`cystic`")
    assert "<strong>Two</strong>" in html
    assert "<ol>" in html
    assert "<code>cystic</code>" in html


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_nothing_hostile_passes(text: str) -> None:
    assert_harmless(html_of(text))


@pytest.mark.parametrize("text", [">" * 5000, "[" * 5000, "**" * 5000, "- " * 3000, "`" * 5001, "| " * 3000])
def test_markup_made_to_be_slow_is_still_rendered(text: str) -> None:
    assert html_of(text)


def test_a_full_stop_stays_on_the_line_of_the_button_before_it() -> None:
    html = html_of("A hook is visible [[t=0-32]].", claims=(claim(0, 32),))
    assert html.rstrip().endswith("</button>.</span></p>")
