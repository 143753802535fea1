"""What pages show and ask: sealed reports stay sealed, each signature asks anew, words never rank."""

import time

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD
from tests.integration.skills.cast import Cast, drafted, read, scores, signed, submitted
from webapp.accounts.models import User
from webapp.accounts.sessions import session_start
from webapp.conversations.text import Window
from webapp.lib.intended_use import FORMATIVE, INTENDED_USE
from webapp.skills.appeals import appeal_open
from webapp.skills.models import SkillReport

pytestmark = pytest.mark.django_db
WORDING = "Resembles reference expert"


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session_start(session)
    session.save()
    return client


def html(user: User, path: str) -> str:
    return " ".join(browser_of(user).get(path).content.decode().split())


def form(people: Cast, score: int = 4) -> dict[str, object]:
    return {f"score-{key}": value for key, value in scores(people, score).items()} | {"level": "expert", "comment": "x"}


def test_a_draft_shows_its_surgeon_what_it_resembles_and_what_it_is_for(people: Cast) -> None:
    drafted(people)
    said = html(people.alice, f"/videos/{people.video.pk}/report/")
    assert WORDING in said
    assert "under GOALS, version 1" in said
    assert f"{FORMATIVE} {INTENDED_USE}" in said
    assert "rank" not in said.replace(FORMATIVE, "").lower()


def test_what_a_comparison_is_for_stands_on_every_page_that_shows_one(people: Cast) -> None:
    report = signed(people)
    appeal = appeal_open(
        report,
        actor=people.actor(people.alice),
        item=people.rubric.items.first(),
        reason="Look again.",
        window=Window(start_s=1, end_s=4),
    )
    shown = [
        (people.alice, f"/videos/{people.video.pk}/report/"),
        (people.alice, "/trend/"),
        (people.rita, f"/review/{report.pk}/"),
        (people.ben, f"/appeals/{appeal.pk}/"),
    ]
    for person, path in shown:
        assert f"{FORMATIVE} {INTENDED_USE}" in html(person, path), path


def test_an_abstention_shows_its_reason_and_no_share(people: Cast) -> None:
    words = "The picture stands still for most of the time."
    drafted(people, abstained=True, level=None, reason=words, code="frozen")
    said = html(people.alice, f"/videos/{people.video.pk}/report/")
    assert words in said
    assert WORDING not in said
    assert "0.70" not in said


def test_a_reviewer_sees_nothing_of_a_report_before_reading(people: Cast) -> None:
    report = submitted(people)
    for path in (f"/videos/{people.video.pk}/report/", f"/review/{report.pk}/"):
        said = html(people.rita, path)
        assert WORDING not in said
        assert "0.70" not in said
        assert "evidence" not in said.replace("evidence.js", "")
    assert browser_of(people.rita).get(f"/reports/{report.pk}/report.json").status_code == 409
    read(people, report, people.rita)
    assert WORDING in html(people.rita, f"/review/{report.pk}/")


def test_an_administrator_and_a_colleague_do_not_find_a_report(people: Cast) -> None:
    report = signed(people)
    people.cleo.memberships.update(role="admin")
    assert browser_of(people.cleo).get(f"/reports/{report.pk}/report.pdf").status_code == 404
    assert WORDING not in html(people.cleo, f"/videos/{people.video.pk}/report/")


def test_each_signature_asks_for_the_password_anew(people: Cast) -> None:
    report = submitted(people)
    read(people, report, people.rita)
    rita = browser_of(people.rita)
    asked = rita.post(f"/review/{report.pk}/sign/", form(people))
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert SkillReport.objects.get(pk=report.pk).state == "in_review"
    wrong = rita.post(asked["Location"], {"password": "not this one"})
    assert wrong.status_code == 200
    rita.post(asked["Location"], {"password": PASSWORD})
    assert SkillReport.objects.get(pk=report.pk).state == "signed"
    again = rita.post(f"/reports/{report.pk}/amend/", form(people, 5) | {"why": "Overlooked."})
    assert again["Location"].startswith("/accounts/reauthenticate/")
    assert SkillReport.objects.get(pk=report.pk).revisions.count() == 1


def test_an_old_proof_signs_nothing(people: Cast) -> None:
    report = submitted(people)
    read(people, report, people.rita)
    rita = browser_of(people.rita)
    session = rita.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - 600, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(people.rita.pk)
    session.save()
    asked = rita.post(f"/review/{report.pk}/sign/", form(people))
    assert asked["Location"].startswith("/accounts/reauthenticate/")


def test_bad_times_and_choices_are_sentences(people: Cast) -> None:
    report = signed(people)
    alice = browser_of(people.alice)
    wrong = {
        "Choose the item that you contest.": {"item": "none"},
        "Write a time as minutes and seconds": {"item": "efficiency", "reason": "No.", "start": "x", "end": "2"},
        "Choose a part of the video": {"item": "efficiency", "reason": "No.", "start": "9", "end": "2"},
    }
    for sentence, fields in wrong.items():
        response = alice.post(f"/reports/{report.pk}/contest/", fields)
        assert response.status_code == 422
        assert sentence in response.content.decode()


def test_a_second_tab_that_is_refused_leads_back_to_its_page_and_never_to_another_host(people: Cast) -> None:
    report = submitted(people)
    page = f"/review/{report.pk}/"
    rita = browser_of(people.rita)
    rita.post(f"{page}read/", form(people))
    for sent_from, is_shown in ((f"http://testserver{page}", True), (f"https://elsewhere.example{page}", False)):
        refused = rita.post(f"{page}read/", form(people, 1), headers={"referer": sent_from})
        assert refused.status_code == 409
        said = refused.content.decode()
        assert (f'href="{page}"' in said) is is_shown
        assert f'href="{page}read/"' not in said
        assert "elsewhere.example" not in said
    assert report.reviews.get().blind_scores["efficiency"] == 4


def test_the_review_page_is_in_the_navigation_of_reviewers_alone(people: Cast) -> None:
    assert 'href="/review/"' in html(people.rita, "/")
    assert 'href="/review/"' not in html(people.alice, "/")


def test_a_report_that_has_its_readers_asks_nobody_else(people: Cast) -> None:
    report = submitted(people)
    assert "Record my scores" in html(people.ben, f"/review/{report.pk}/")
    read(people, report, people.rita)
    assert "Record my scores" not in html(people.ben, f"/review/{report.pk}/")
    assert "Has its readers" in html(people.ben, "/review/")
