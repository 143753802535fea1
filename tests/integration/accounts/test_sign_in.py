"""Signing in and out through the real pages: password, lock-out, second factor, links, limits."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD, MembershipFactory
from webapp.accounts.links import password_link_path
from webapp.accounts.models import Membership, User
from webapp.accounts.sessions import LAST_SEEN_KEY, SIGNED_IN_KEY
from webapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
NEW_PASSWORD = "a-new-and-long-one-73"


@pytest.fixture(autouse=True)
def _no_old_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def alice() -> User:
    return MembershipFactory().user


def sign_in(client: Client, user: User, *, password: str = PASSWORD, **extra):
    return client.post(LOGIN, {"login": user.email, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_totp(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def test_a_person_signs_in_by_email_whatever_the_capitals(client: Client, alice: User) -> None:
    client.post(LOGIN, {"login": alice.email.upper(), "password": PASSWORD})
    assert is_signed_in(client)


def test_a_wrong_password_does_not_say_whether_the_account_exists(client: Client, alice: User) -> None:
    known = client.post(LOGIN, {"login": alice.email, "password": "wrong"})
    unknown = client.post(LOGIN, {"login": "nobody@example.org", "password": "wrong"})
    errors = [re.findall(r"errorlist.*?</ul>", page.content.decode(), re.DOTALL) for page in (known, unknown)]
    assert errors[0] == errors[1] != []


def test_a_stranger_cannot_sign_up(client: Client) -> None:
    page = client.get("/accounts/signup/")
    assert "administrator adds people" in page.content.decode()
    client.post("/accounts/signup/", {"email": "x@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert not User.objects.exists()


def test_five_failures_lock_this_person_at_this_address(client: Client, alice: User, settings) -> None:
    pages = [sign_in(client, alice, password="wrong") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 429]
    locked = sign_in(client, alice)
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()
    assert not is_signed_in(client)


def test_a_lock_does_not_reach_other_addresses_or_people(client: Client, alice: User) -> None:
    for _ in range(5):
        sign_in(client, alice, password="wrong", REMOTE_ADDR="203.0.113.5")
    sign_in(client, MembershipFactory().user, REMOTE_ADDR="203.0.113.5")
    assert is_signed_in(client)
    elsewhere = Client()
    sign_in(elsewhere, alice, REMOTE_ADDR="198.51.100.7")
    assert is_signed_in(elsewhere)


def test_capitals_do_not_get_around_the_lock(client: Client, alice: User) -> None:
    variants = [alice.email, alice.email.upper(), alice.email.title(), f" {alice.email} ", alice.email]
    pages = [client.post(LOGIN, {"login": variant, "password": "wrong"}) for variant in variants]
    assert pages[-1].status_code == 429


def test_a_lock_ends_after_the_cool_off(client: Client, alice: User, settings) -> None:
    from datetime import timedelta

    from axes.models import AccessAttempt

    for _ in range(5):
        sign_in(client, alice, password="wrong")
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=16))
    sign_in(client, alice)
    assert is_signed_in(client)


def test_a_program_that_is_locked_out_gets_a_problem(client: Client, alice: User) -> None:
    headers = {"Accept": "application/json"}
    for _ in range(5):
        answer = client.post(LOGIN, {"login": alice.email, "password": "wrong"}, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")


def test_a_deactivated_person_is_out_at_once_and_stays_out(client: Client, alice: User) -> None:
    sign_in(client, alice)
    User.objects.update(is_active=False)
    assert not is_signed_in(client)
    sign_in(client, alice)
    assert not is_signed_in(client)


def test_the_second_factor_is_asked_for(client: Client, alice: User) -> None:
    secret = with_totp(alice)
    assert sign_in(client, alice).url == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(secret)})
    assert is_signed_in(client)


def test_a_recovery_code_works_once(client: Client, alice: User) -> None:
    with_totp(alice)
    code = RecoveryCodes.activate(alice).get_unused_codes()[0]
    sign_in(client, alice)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_signed_in(client)
    again = Client()
    sign_in(again, alice)
    again.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_signed_in(again)


def test_second_factor_secrets_are_not_readable_in_the_database(alice: User) -> None:
    secret = with_totp(alice)
    codes = RecoveryCodes.activate(alice)
    stored = " ".join(str(row.data) for row in Authenticator.objects.all())
    assert secret not in stored
    assert codes.get_unused_codes()[0] not in stored


def test_a_person_sets_up_an_authenticator_app_and_gets_recovery_codes(client: Client, alice: User) -> None:
    sign_in(client, alice)
    confirm = client.get("/accounts/2fa/totp/activate/")
    assert confirm.url.startswith("/accounts/reauthenticate/")
    client.post(confirm.url, {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="secret">(\w+)<', page).group(1)
    client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret)})
    assert "Each of these lets you in once" in client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


def test_a_one_time_link_sets_a_password_once(client: Client) -> None:
    user = MembershipFactory(user__password="!").user
    link = password_link_path(user)
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    sign_in(client, user, password=NEW_PASSWORD)
    assert is_signed_in(client)
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_a_link_does_not_outlive_its_time(client: Client, alice: User, settings) -> None:
    link = password_link_path(alice)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "no longer works" in client.get(link, follow=True).content.decode()


def test_a_weak_password_is_refused(client: Client, alice: User) -> None:
    form = client.get(password_link_path(alice), follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"password1": "password1234", "password2": "password1234"})
    assert "too common" in answer.content.decode()


def test_without_a_mail_server_people_are_sent_to_their_administrator(client: Client, alice: User, mailoutbox) -> None:
    page = client.get("/accounts/password/reset/").content.decode()
    assert "administrator" in page
    assert "Send me a link" not in page
    client.post("/accounts/password/reset/", {"email": alice.email})
    assert mailoutbox == []


def test_with_a_mail_server_the_link_is_sent(client: Client, alice: User, settings, mailoutbox) -> None:
    settings.HAS_MAIL = True
    client.post("/accounts/password/reset/", {"email": alice.email})
    assert "/accounts/password/reset/key/" in mailoutbox[0].body


def _age_session(client: Client, **ages_s: float) -> None:
    session = client.session
    for key, age_s in ages_s.items():
        session[key] = time.time() - age_s
    session.save()


def test_an_idle_session_ends_with_a_reason_and_a_way_back(client: Client, alice: User, settings) -> None:
    sign_in(client, alice)
    _age_session(client, **{LAST_SEEN_KEY: settings.SESSION_IDLE_S + 1})
    answer = client.get("/account/?tab=1")
    assert answer.url == "/accounts/login/?next=%2Faccount%2F%3Ftab%3D1"
    assert "15 minutes without activity" in client.get(answer.url).content.decode()
    assert not is_signed_in(client)
    assert AuditEvent.objects.filter(action="sign_out").get().detail == {"reason": "idle"}


def test_a_long_session_ends_however_active(client: Client, alice: User, settings) -> None:
    sign_in(client, alice)
    _age_session(client, **{SIGNED_IN_KEY: settings.SESSION_ABSOLUTE_S + 1})
    assert client.get("/account/").status_code == 302


def test_a_fragment_of_an_ended_session_reloads_the_whole_page(client: Client, alice: User, settings) -> None:
    sign_in(client, alice)
    _age_session(client, **{LAST_SEEN_KEY: settings.SESSION_IDLE_S + 1})
    assert client.get("/account/", headers={"HX-Request": "true"})["HX-Redirect"] == LOGIN


def test_a_program_of_an_ended_session_gets_a_problem(client: Client, alice: User, settings) -> None:
    sign_in(client, alice)
    _age_session(client, **{LAST_SEEN_KEY: settings.SESSION_IDLE_S + 1})
    answer = client.get("/account/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "session_idle")


def test_activity_keeps_a_session_and_polling_does_not(client: Client, alice: User, settings) -> None:
    sign_in(client, alice)
    _age_session(client, **{LAST_SEEN_KEY: 300})
    settings.SESSION_PASSIVE_VIEWS = frozenset({"account"})
    client.get("/account/")
    assert time.time() - client.session[LAST_SEEN_KEY] > 290
    settings.SESSION_PASSIVE_VIEWS = frozenset()
    client.get("/account/")
    assert time.time() - client.session[LAST_SEEN_KEY] < 60


def test_staying_signed_in_answers_with_the_time_left(client: Client, alice: User, settings) -> None:
    assert client.get("/account/session/", headers={"Accept": "application/json"}).status_code == 401
    sign_in(client, alice)
    _age_session(client, **{LAST_SEEN_KEY: 800})
    assert client.get("/account/session/").json()["idle_left_s"] >= settings.SESSION_IDLE_S - 5


def test_another_browser_can_be_signed_out_and_a_strangers_cannot(client: Client, alice: User) -> None:
    from allauth.usersessions.models import UserSession

    phone, bobs = Client(), Client()
    sign_in(client, alice)
    sign_in(phone, alice)
    bob: Membership = MembershipFactory()
    sign_in(bobs, bob.user)
    assert client.post(f"/account/sessions/{UserSession.objects.get(user=bob.user).pk}/end/").status_code == 404
    assert is_signed_in(bobs)
    phones = UserSession.objects.get(session_key=phone.session.session_key)
    client.post(f"/account/sessions/{phones.pk}/end/")
    assert not is_signed_in(phone)
    assert is_signed_in(client)


def test_the_page_lists_sessions_and_ends_the_others(client: Client, alice: User) -> None:
    phone = Client(headers={"User-Agent": "Phone 1"})
    sign_in(phone, alice)
    sign_in(client, alice)
    assert "Phone 1" in client.get("/accounts/sessions/").content.decode()
    client.post("/accounts/sessions/")
    assert not is_signed_in(phone)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/inactive/",
        "/accounts/signup/",
    ],
)
def test_an_entrance_page_is_ours(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert 'class="panel narrow entrance"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ],
)
def test_an_account_page_is_ours(client: Client, alice: User, path: str) -> None:
    client.force_login(alice)
    response = client.get(path)
    assert response.status_code == 200
    assert "Debrief</title>" in response.content.decode()
    assert "Menu:" not in response.content.decode()


def test_the_address_page_of_the_library_is_not_offered(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/accounts/email/").url == "/account/"


def test_no_page_carries_an_inline_script(client: Client, alice: User) -> None:
    with_totp(alice)
    client.force_login(alice)
    for path in ("/account/", "/accounts/2fa/", "/accounts/2fa/webauthn/", "/accounts/sessions/"):
        scripts = re.findall(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>", client.get(path).content.decode())
        assert scripts == [], path


# --- administrators' second factor --------------------------------------------------------------------------


@pytest.fixture
def admin() -> User:
    return MembershipFactory(role=Membership.Role.ADMIN).user


@pytest.mark.parametrize("page", ["/", "/account/members/", "/account/audit/", "/jobs/"])
def test_where_the_policy_stands_an_administrator_sets_up_a_second_factor_first(
    client: Client, admin: User, settings, page: str
) -> None:
    settings.ADMINS_NEED_SECOND_FACTOR = True
    client.force_login(admin)
    response = client.get(page, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "Administrators sign in with a second factor here" in response.content.decode()
    assert client.get(page, headers={"accept": "application/json"}).json()["code"] == "second_factor_needed"


def test_an_administrator_with_a_second_factor_and_everybody_else_come_in(
    client: Client, admin: User, alice: User, settings
) -> None:
    settings.ADMINS_NEED_SECOND_FACTOR = True
    with_totp(admin)
    for user in (admin, alice):
        client.force_login(user)
        assert client.get("/").status_code == 200


def test_where_it_does_not_stand_administrators_come_in_without(client: Client, admin: User, settings) -> None:
    settings.ADMINS_NEED_SECOND_FACTOR = False
    client.force_login(admin)
    assert client.get("/account/members/").status_code == 200
