"""One's own signed scores over time; peers' only among those who share, never of few, never of another procedure."""

import pytest

from tests.factories import MembershipFactory, VideoFactory
from tests.integration.skills.cast import PROCEDURE, Cast, read, sign, signed, submitted
from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.skills.models import PeerSharing, SkillReport
from webapp.skills.sharing import LEAST_PEERS, sharing_set, trends_of

pytestmark = pytest.mark.django_db


def peer(people: Cast, score: int, *, is_sharing: bool = True) -> User:
    """Somebody else with a signed report in the same procedure."""
    user = MembershipFactory(hospital=people.hospital).user
    other = Cast(**{**vars(people), "alice": user, "video": VideoFactory(owner=user, procedure=PROCEDURE)})
    report = submitted(other)
    read(other, report, people.rita, score)
    sign(other, report, people.rita, score)
    if is_sharing:
        sharing_set(actor=page_actor(user), is_shared=True)
    return user


def lines(people: Cast) -> dict[str, object]:
    (trend,) = trends_of(people.actor(people.alice))
    return {line.name: line for line in trend.lines}


def test_only_what_was_signed_is_on_the_line_and_it_is_ones_own(people: Cast) -> None:
    assert trends_of(people.actor(people.alice)) == []
    submitted(people)
    assert trends_of(people.actor(people.alice)) == []
    SkillReport.objects.all().delete()
    signed(people)
    assert [point.score for point in lines(people)["Efficiency"].points] == [4]
    assert trends_of(people.actor(people.rita)) == []


def test_peers_are_shown_from_five_on_and_only_to_who_shares(people: Cast) -> None:
    signed(people)
    for score in (1, 2, 3, 4):
        peer(people, score)
    peer(people, 5, is_sharing=False)
    sharing_set(actor=people.actor(people.alice), is_shared=True)
    assert LEAST_PEERS == 5
    assert lines(people)["Efficiency"].peers is None
    peer(people, 5)
    peers = lines(people)["Efficiency"].peers
    assert (peers.low, peers.middle, peers.high, peers.num_people) == (2, 3, 4, 5)
    sharing_set(actor=people.actor(people.alice), is_shared=False)
    assert lines(people)["Efficiency"].peers is None


def test_taking_the_consent_back_takes_the_scores_out_of_everybodys_band(people: Cast) -> None:
    signed(people)
    shared = [peer(people, score) for score in (1, 2, 3, 4, 5)]
    sharing_set(actor=people.actor(people.alice), is_shared=True)
    assert lines(people)["Efficiency"].peers is not None
    sharing_set(actor=page_actor(shared[0]), is_shared=False)
    assert lines(people)["Efficiency"].peers is None
    assert PeerSharing.objects.count() == 5


def test_another_procedure_is_another_trend(people: Cast) -> None:
    signed(people)
    for score in (1, 2, 3, 4, 5):
        peer(people, score)
    SkillReport.objects.exclude(surgeon=people.alice).update(procedure="Knots")
    sharing_set(actor=people.actor(people.alice), is_shared=True)
    assert lines(people)["Efficiency"].peers is None
