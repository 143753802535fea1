"""One-time links: the newest is good, and none outlives the account's use."""

import pytest
from django.test import Client

from tests.factories import MembershipFactory
from webapp.accounts.actors import page_actor
from webapp.accounts.links import password_link_path
from webapp.accounts.models import Membership, User
from webapp.accounts.services import member_activate, member_deactivate

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Membership:
    return MembershipFactory(role="admin")


@pytest.fixture
def alice(admin: Membership) -> Membership:
    return MembershipFactory(hospital=admin.hospital)


def is_good(link: str) -> bool:
    return "no longer works" not in Client().get(link, follow=True).content.decode()


def test_a_second_link_revokes_the_first(alice: Membership) -> None:
    first, second = password_link_path(alice.user), password_link_path(User.objects.get(pk=alice.user_id))
    assert (is_good(first), is_good(second)) == (False, True)


def test_a_link_made_before_deactivation_stays_dead(admin: Membership, alice: Membership) -> None:
    link = password_link_path(alice.user)
    member_deactivate(actor=page_actor(admin.user), member=alice)
    assert not is_good(link)
    member_activate(actor=page_actor(admin.user), member=alice)
    assert not is_good(link)


def test_a_form_opened_before_deactivation_sets_nothing(admin: Membership, alice: Membership) -> None:
    browser, before = Client(), alice.user.password
    form = browser.get(password_link_path(alice.user), follow=True).redirect_chain[-1][0]
    member_deactivate(actor=page_actor(admin.user), member=alice)
    browser.post(form, {"password1": "long-enough-pass-9", "password2": "long-enough-pass-9"})
    assert User.objects.get(pk=alice.user_id).password == before
