"""Guessing at passwords and codes: it is stopped, and it cannot be used to shut anybody out."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.environment import free_port
from tests.factories import PASSWORD, MembershipFactory
from webapp.accounts.known_places import COOKIE
from webapp.accounts.models import KnownBrowser, User
from webapp.accounts.services import sessions_end
from webapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"
HOME, ELSEWHERE = "203.0.113.5", "198.51.100.7"


@pytest.fixture(autouse=True)
def _no_old_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def alice() -> User:
    return MembershipFactory().user


def sign_in(client: Client, user: User, password: str = PASSWORD, *, address: str = ELSEWHERE):
    return client.post(LOGIN, {"login": user.email, "password": password}, REMOTE_ADDR=address)


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def known_browser(user: User, *, address: str = HOME) -> Client:
    """A browser in which the person signed in once, signed out by now."""
    browser = Client()
    sign_in(browser, user, address=address)
    browser.post("/accounts/logout/")
    assert not is_signed_in(browser)
    return browser


def guess(user: User, times: int, *, address: str | None = None) -> list[int]:
    """A stranger's guesses; without an address each comes from another one."""
    return [
        sign_in(Client(), user, "wrong", address=address or f"192.0.2.{number % 250}").status_code
        for number in range(times)
    ]


def test_thirty_guesses_from_one_address_lock_that_address_alone(alice: User) -> None:
    assert guess(alice, 30, address=ELSEWHERE)[4:] == [429] * 26
    assert AccessAttempt.objects.get().failures_since_start == 5
    anywhere_else = Client()
    sign_in(anywhere_else, alice, address="192.0.2.77")
    assert is_signed_in(anywhere_else)


def test_guesses_from_many_addresses_slow_strangers_down(alice: User) -> None:
    assert guess(alice, 21) == [200] * 20 + [429]
    refused = sign_in(Client(), alice, address="192.0.2.251")
    assert (refused.status_code, int(refused["Retry-After"]) <= 10) == (429, True)
    assert "seconds" in refused.content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(seconds=11))
    patient = Client()
    sign_in(patient, alice, address="192.0.2.251")
    assert is_signed_in(patient)


@pytest.mark.parametrize("address", [HOME, "192.0.2.3"])
def test_nobody_is_shut_out_of_a_browser_they_know(alice: User, address: str) -> None:
    browser = known_browser(alice)
    guess(alice, 60)
    guess(alice, 10, address=address)
    sign_in(browser, alice, address=address)
    assert is_signed_in(browser)


def test_nobody_is_shut_out_of_an_address_they_know(alice: User) -> None:
    known_browser(alice, address=HOME)
    guess(alice, 60)
    new_browser = Client()
    sign_in(new_browser, alice, address=HOME)
    assert is_signed_in(new_browser)


def test_a_known_browser_is_locked_by_its_own_guesses_from_wherever(alice: User) -> None:
    browser = known_browser(alice)
    statuses = [sign_in(browser, alice, "wrong", address=f"192.0.2.{number}").status_code for number in range(6)]
    assert statuses == [200] * 4 + [429] * 2
    assert sign_in(browser, alice, address=HOME).status_code == 429


def test_a_colleagues_guesses_at_many_accounts_do_not_shut_their_address_out(alice: User) -> None:
    browser = known_browser(alice)
    for number in range(70):
        Client().post(LOGIN, {"login": f"p{number}@example.org", "password": "wrong"}, REMOTE_ADDR=HOME)
    sign_in(browser, alice, address=HOME)
    assert is_signed_in(browser)


def test_a_planted_or_foreign_cookie_is_no_known_browser(alice: User) -> None:
    bob = MembershipFactory().user
    for token in ("planted", known_browser(bob).cookies[COOKIE].value):
        stranger = Client()
        stranger.cookies[COOKIE] = token
        AccessAttempt.objects.all().delete()
        guess(alice, 20)
        assert sign_in(stranger, alice, address="192.0.2.252").status_code == 429
    planted = Client()
    planted.cookies[COOKIE] = "planted"
    sign_in(planted, bob)
    assert planted.cookies[COOKIE].value != "planted"


def test_a_person_signed_out_everywhere_has_no_known_browser(alice: User) -> None:
    known_browser(alice)
    sessions_end(user=alice)
    assert not KnownBrowser.objects.exists()


def test_the_cookie_of_a_known_browser_cannot_be_read_by_a_page(alice: User) -> None:
    cookie = known_browser(alice).cookies[COOKIE]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"]) == ("/accounts/", "Lax")


def with_totp(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_now(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30 + steps))


def test_wrong_codes_lock_the_second_factor_for_strangers_wherever_they_are(alice: User) -> None:
    secret = with_totp(alice)
    statuses = []
    for number in range(7):
        stranger = Client()
        sign_in(stranger, alice, address=f"192.0.2.{number}")
        statuses.append(stranger.post(CODE, {"code": "000000"}, REMOTE_ADDR=f"192.0.2.{number}").status_code)
    assert statuses == [200] * 4 + [429] * 3
    assert stranger.post(CODE, {"code": code_now(secret)}).status_code == 429
    assert not is_signed_in(stranger)
    assert AuditEvent.objects.filter(action="sign_in_locked").last().detail == {"email": alice.email}


def test_wrong_codes_elsewhere_do_not_lock_a_known_browser(alice: User) -> None:
    browser = known_browser(alice)
    secret = with_totp(alice)
    stranger = Client()
    sign_in(stranger, alice)
    for _ in range(8):
        stranger.post(CODE, {"code": "000000"})
    sign_in(browser, alice, address=HOME)
    browser.post(CODE, {"code": code_now(secret)}, REMOTE_ADDR=HOME)
    assert is_signed_in(browser)


@pytest.mark.parametrize("steps", [-1, 0])
def test_a_code_is_used_once_though_the_cache_is_emptied(alice: User, steps: int) -> None:
    secret = with_totp(alice)
    for expected in (True, False):
        cache.clear()
        browser = Client()
        sign_in(browser, alice)
        browser.post(CODE, {"code": code_now(secret, steps=steps)})
        assert is_signed_in(browser) is expected


@pytest.mark.django_db(transaction=True)
def test_the_activation_code_signs_nobody_in(alice: User) -> None:
    owner, thief = Client(), Client()
    sign_in(owner, alice)
    owner.post(owner.get("/accounts/2fa/totp/activate/").url, {"password": PASSWORD})
    page = owner.get("/accounts/2fa/totp/activate/").content.decode()
    code = code_now(re.search(r'class="secret">(\w+)<', page).group(1))
    owner.post("/accounts/2fa/totp/activate/", {"code": code})
    cache.clear()
    sign_in(thief, alice)
    thief.post(CODE, {"code": code})
    assert not is_signed_in(thief)


def test_codes_and_addresses_are_not_kept_with_a_failed_attempt(alice: User) -> None:
    with_totp(alice)
    stranger = Client()
    sign_in(stranger, alice, "wrong-but-close")
    sign_in(stranger, alice)
    stranger.post(CODE, {"code": "135790"})
    kept = " ".join(attempt.post_data for attempt in AccessAttempt.objects.all())
    assert not [word for word in ("wrong-but-close", "135790", alice.email) if word in kept]


def test_sign_in_works_and_locks_while_redis_is_away(alice: User, settings) -> None:
    cache_settings = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{free_port()}/3"}
    settings.CACHES = {"default": cache_settings}
    browser = Client()
    sign_in(browser, alice)
    assert is_signed_in(browser)
    assert guess(alice, 5, address="192.0.2.9")[-1] == 429
