"""People whom their hospital's own provider signs in, by OpenID Connect and SAML; each provider here really signs."""

import base64
import zlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD, HospitalFactory, MembershipFactory
from tests.integration.api.caller import token_of
from tests.sign_in_providers import TRANSIENT, OidcProvider, SamlProvider, oidc_provider
from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.services import member_deactivate
from webapp.api.models import ApiToken
from webapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
VERIFIED = {"email": "ana@clinic.example", "email_verified": True, "name": "Ana Alves"}


def browser() -> Client:
    return Client(headers={"host": "testserver"})


@pytest.fixture
def client() -> Client:
    return browser()


@pytest.fixture(scope="module")
def oidc() -> Iterator[OidcProvider]:
    with oidc_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def saml() -> SamlProvider:
    return SamlProvider()


@pytest.fixture
def clinic() -> Hospital:
    return HospitalFactory(name="Clinic", slug="clinic")


@pytest.fixture
def ana(clinic: Hospital) -> User:
    return MembershipFactory(hospital=clinic, user__email="ana@clinic.example").user


@pytest.fixture
def asks(settings, oidc: OidcProvider, clinic: Hospital):
    def configure(**changes: object) -> None:
        settings.SINGLE_SIGN_ON = (oidc.settings(**changes),)

    configure()
    return configure


def come_in(client: Client, oidc: OidcProvider, subject: str, *, then: str = ""):
    away = client.post("/accounts/oidc/clinic/login/", {"next": then} if then else {})
    assert away.status_code == 302, away.content
    return client.get(oidc.sign_in(away["Location"], subject))


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_nothing_of_it_is_there_until_a_provider_is_set_up(client: Client) -> None:
    assert "Sign in with" not in client.get("/accounts/login/").content.decode()
    for path in ("oidc/clinic/login/", "oidc/clinic/login/callback/", "saml/clinic/login/", "saml/clinic/metadata/"):
        assert client.get(f"/accounts/{path}").status_code == 404, path
    assert client.post("/accounts/saml/clinic/acs/", {"SAMLResponse": "x"}).status_code == 404
    assert not Session.objects.exists()


def test_a_member_comes_in_by_the_button_and_goes_where_they_wanted(client: Client, asks, oidc, ana: User) -> None:
    assert "Sign in with Clinic" in client.get("/accounts/login/").content.decode()
    oidc.person("1", **VERIFIED)
    back = come_in(client, oidc, "1", then="/account/")
    assert (back.status_code, back["Location"]) == (302, "/account/")
    assert is_signed_in(client)
    tie = SocialAccount.objects.get()
    assert (tie.user, tie.provider, tie.uid, tie.extra_data) == (ana, "clinic", "1", {})
    assert AuditEvent.objects.filter(action="account.sign_in_tied", actor_id=str(ana.pk)).count() == 1
    signed_in = AuditEvent.objects.get(action="sign_in")
    assert signed_in.detail["provider"] == "clinic"


def test_the_request_asks_for_proof_anew_with_pkce_and_lets_nobody_change_that(client, asks, oidc) -> None:
    away = client.post("/accounts/oidc/clinic/login/?auth_params=prompt%3Dnone&scope=offline_access")
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["prompt"] == ["login"]
    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}


def test_the_tie_holds_by_the_number_at_the_provider_and_not_by_the_address(client, asks, oidc, ana: User) -> None:
    oidc.person("2", **VERIFIED)
    come_in(client, oidc, "2")
    oidc.person("2", email="ana.new@clinic.example", email_verified=True)
    other_browser = browser()
    come_in(other_browser, oidc, "2")
    assert is_signed_in(other_browser)
    # The old address is somebody else's by now: it opens nothing.
    oidc.person("3", **VERIFIED)
    third = browser()
    refused = come_in(third, oidc, "3")
    assert refused.status_code == 403
    assert "somebody else" in refused.content.decode()
    assert not is_signed_in(third)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"email": "ana@clinic.example"}, "email_unverified"),
        ({"email": "ana@clinic.example", "email_verified": False}, "email_unverified"),
        ({"email": "ana@clinic.example", "email_verified": "false"}, "email_unverified"),
        ({"email": "ana@elsewhere.example", "email_verified": True}, "email_foreign"),
        ({"email": "ana@sub.clinic.example", "email_verified": True}, "email_foreign"),
        ({"name": "Ana"}, "email_missing"),
        ({"email": "ana@clinic.example, eve@elsewhere.example", "email_verified": True}, "email_missing"),
    ],
)
def test_an_address_that_is_not_proved_takes_no_account_over(client, asks, oidc, ana: User, claims, reason) -> None:
    oidc.person("4", **claims)
    refused = come_in(client, oidc, "4")
    assert refused.status_code == 403
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    row = AuditEvent.objects.get(action="sign_in_failed")
    assert row.detail["reason"] == reason
    assert User.objects.get(pk=ana.pk).has_usable_password()


def test_a_denied_address_stays_denied_where_the_provider_is_trusted_with_addresses(client, asks, oidc, ana) -> None:
    asks(vouches_for_emails=True)
    oidc.person("5", email="ana@clinic.example", email_verified=False)
    assert come_in(client, oidc, "5").status_code == 403
    oidc.person("6", email="ana@clinic.example")
    come_in(client, oidc, "6")
    assert is_signed_in(client)


def test_a_stranger_is_sent_to_the_administrator_unless_the_hospital_lets_new_people_in(client, asks, oidc) -> None:
    oidc.person("7", email="new@clinic.example", email_verified=True, name="Nia New")
    assert come_in(client, oidc, "7").status_code == 403
    assert not User.objects.filter(email="new@clinic.example").exists()
    asks(people="new")
    come_in(client, oidc, "7")
    member = Membership.objects.get(user__email="new@clinic.example")
    assert (member.role, member.hospital.slug, str(member.user)) == ("surgeon", "clinic", "Nia New")
    assert not member.user.has_usable_password()
    assert is_signed_in(client)


def test_a_provider_opens_no_account_of_another_hospital_or_of_two(client, asks, oidc, clinic) -> None:
    elsewhere = MembershipFactory(user__email="eve@clinic.example")
    both = MembershipFactory(hospital=clinic, user__email="bo@clinic.example")
    MembershipFactory(user=both.user)
    asks(people="new")
    for subject, member in (("8", elsewhere), ("9", both)):
        oidc.person(subject, email=member.user.email, email_verified=True)
        refused = come_in(client, oidc, subject)
        assert refused.status_code == 403
        assert "cannot be used here" in refused.content.decode()
    assert not SocialAccount.objects.exists()


def test_who_leaves_the_hospital_is_not_let_in_by_the_tie(client, asks, oidc, ana: User) -> None:
    oidc.person("10", **VERIFIED)
    come_in(client, oidc, "10")
    ana.memberships.all().delete()
    again = browser()
    assert come_in(again, oidc, "10").status_code == 403
    assert not is_signed_in(again)


def test_deactivating_ends_sessions_and_tokens_and_unties(client, asks, oidc, ana: User, clinic) -> None:
    oidc.person("11", **VERIFIED)
    come_in(client, oidc, "11")
    token = token_of(ana)
    admin = MembershipFactory(hospital=clinic, role="admin")
    member_deactivate(actor=Actor(membership=admin, via="api"), member=ana.memberships.get())
    assert not is_signed_in(client)
    assert browser().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert come_in(browser(), oidc, "11").status_code == 403
    assert not SocialAccount.objects.exists()
    assert ApiToken.objects.filter(membership__user=ana).exists()


def test_a_second_factor_that_was_set_up_here_is_asked_for(client, asks, oidc, ana: User) -> None:
    TOTP.activate(ana, generate_totp_secret())
    oidc.person("12", **VERIFIED)
    back = come_in(client, oidc, "12")
    assert back["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)


def test_administrators_owe_their_second_factor_after_this_sign_in_too(client, asks, oidc, clinic, settings) -> None:
    settings.ADMINS_NEED_SECOND_FACTOR = True
    MembershipFactory(hospital=clinic, user__email="ana@clinic.example", role="admin")
    oidc.person("13", **VERIFIED)
    come_in(client, oidc, "13")
    assert client.get("/account/")["Location"] == "/accounts/2fa/"


def test_only_administrators_keep_a_password_beside_it(client, asks, oidc, ana: User, clinic) -> None:
    admin = MembershipFactory(hospital=clinic, user__email="adi@clinic.example", role="admin").user
    for subject, email in (("14", ana.email), ("15", admin.email)):
        oidc.person(subject, email=email, email_verified=True)
        come_in(browser(), oidc, subject)
    client.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    assert not is_signed_in(client)
    client.post("/accounts/login/", {"login": admin.email, "password": PASSWORD})
    assert is_signed_in(client)


def test_whom_the_hospital_signs_in_gives_themselves_no_password(client, asks, oidc, ana: User) -> None:
    oidc.person("20", **VERIFIED)
    come_in(client, oidc, "20")
    assert "your hospital signs you in" in client.get("/account/").content.decode()
    client.post("/accounts/password/set/", {"password1": "a-new-and-long-one-73", "password2": "a-new-and-long-one-73"})
    assert not User.objects.get(pk=ana.pk).has_usable_password()
    assert client.get("/accounts/password/change/", follow=True).redirect_chain[-1][0] == "/account/"


def test_signing_out_ends_the_session_here(client, asks, oidc, ana) -> None:
    oidc.person("16", **VERIFIED)
    come_in(client, oidc, "16")
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_an_answer_that_was_not_asked_for_leads_nowhere(client, asks, oidc, ana) -> None:
    oidc.person("17", **VERIFIED)
    away = browser().post("/accounts/oidc/clinic/login/")
    back = client.get(oidc.sign_in(away["Location"], "17"))
    assert back.status_code == 403
    assert not is_signed_in(client)
    assert client.get("/accounts/oidc/clinic/login/callback/?code=x&state=y").status_code == 403


def test_an_answer_is_good_once(client, asks, oidc, ana) -> None:
    oidc.person("18", **VERIFIED)
    away = client.post("/accounts/oidc/clinic/login/")
    back = oidc.sign_in(away["Location"], "18")
    client.get(back)
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 403
    assert not is_signed_in(client)


def test_who_is_signed_in_ties_nothing_and_meets_no_form(client, asks, oidc, ana) -> None:
    other = MembershipFactory().user
    client.force_login(other)
    client.get("/")
    oidc.person("19", **VERIFIED)
    away = client.post("/accounts/oidc/clinic/login/", {"process": "connect"})
    assert client.get(oidc.sign_in(away["Location"], "19")).status_code == 403
    assert not SocialAccount.objects.exists()
    assert client.get("/accounts/3rdparty/").status_code == 302
    assert client.get("/accounts/3rdparty/signup/").status_code == 302


def test_a_provider_that_is_down_is_told_and_passwords_still_work(client, asks, ana: User) -> None:
    asks(issuer="http://localhost:9")
    answer = client.post("/accounts/oidc/clinic/login/")
    assert answer.status_code == 502
    assert "did not answer" in answer.content.decode()
    client.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    assert is_signed_in(client)


def test_a_discovery_document_of_another_issuer_is_not_believed(client, asks, oidc, ana) -> None:
    asks(issuer=oidc.issuer.replace("localhost", "127.0.0.1"))
    # It answers there and names itself by that address too, so the issuer is another one by its path alone.
    asks(issuer=f"{oidc.issuer}/.well-known/openid-configuration")
    assert client.post("/accounts/oidc/clinic/login/").status_code == 502


# --- SAML


@pytest.fixture
def directory(settings, saml: SamlProvider, clinic: Hospital) -> SamlProvider:
    settings.SINGLE_SIGN_ON = (saml.settings(),)
    return saml


def come_in_by_saml(client: Client, directory: SamlProvider, subject: str, **given):
    away = client.post("/accounts/saml/clinic-saml/login/")
    assert away.status_code == 302, away.content
    return bring(client, directory.answer(away["Location"], subject, **given))


def bring(client: Client, answer: str):
    first = client.post("/accounts/saml/clinic-saml/acs/", {"SAMLResponse": answer})
    return client.get(first["Location"]) if first.status_code == 302 else first


def test_a_member_comes_in_by_saml(client: Client, directory, ana: User) -> None:
    assert "Sign in with Clinic" in client.get("/accounts/login/").content.decode()
    away = client.post("/accounts/saml/clinic-saml/login/")
    asked = base64.b64decode(parse_qs(urlsplit(away["Location"]).query)["SAMLRequest"][0])
    assert b'ForceAuthn="true"' in zlib.decompress(asked, -15)
    come_in_by_saml(client, directory, "s1", mail="Ana@Clinic.example")
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == ana
    metadata = client.get("/accounts/saml/clinic-saml/metadata/")
    assert b"/accounts/saml/clinic-saml/acs/" in metadata.content


def test_a_saml_answer_is_good_once_and_for_the_browser_that_asked(client, directory, ana) -> None:
    away = client.post("/accounts/saml/clinic-saml/login/")
    answer = directory.answer(away["Location"], "s2", mail="ana@clinic.example")
    thief = browser()
    assert bring(thief, answer).status_code == 403
    assert not is_signed_in(thief)
    bring(client, answer)
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert bring(client, answer).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"signs": False},
        {"lasts_s": -120},
        {"audience": "https://elsewhere.example"},
        {"name_format": TRANSIENT},
        {"mail": "ana@elsewhere.example"},
        {"email_verified": "false"},
    ],
)
def test_an_assertion_that_is_not_whole_opens_nothing(client, directory, ana, wrong) -> None:
    refused = come_in_by_saml(client, directory, "s3", **{"mail": "ana@clinic.example", **wrong})
    assert refused.status_code == 403
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_assertion_of_another_signer_opens_nothing(client, directory, ana) -> None:
    refused = come_in_by_saml(client, SamlProvider(), "s4", mail="ana@clinic.example")
    assert refused.status_code == 403
    assert not is_signed_in(client)


def test_answers_that_come_too_often_from_one_address_fill_no_table(client, directory, monkeypatch) -> None:
    monkeypatch.setattr("webapp.accounts.single_sign_on.saml.views.RESPONSES_PER_MINUTE", 2)
    cache.clear()
    statuses = [client.post("/accounts/saml/clinic-saml/acs/", {"SAMLResponse": "x"}).status_code for _ in range(4)]
    assert statuses[-1] == 429
    assert Session.objects.count() <= 3


@pytest.mark.parametrize("junk", ["", "!!!", base64.b64encode(b"<a>").decode(), "A" * 300_000])
def test_junk_at_the_saml_address_is_refused(client, directory, junk) -> None:
    client.post("/accounts/saml/clinic-saml/login/")
    assert bring(client, junk).status_code in (403, 413)


def test_an_assertion_wrapped_around_a_signed_one_opens_only_what_was_signed(client, directory, ana, clinic) -> None:
    """XML signature wrapping: a second, unsigned assertion in front of the signed one."""
    MembershipFactory(hospital=clinic, user__email="boss@clinic.example", role="admin")
    away = client.post("/accounts/saml/clinic-saml/login/")["Location"]
    signed = base64.b64decode(directory.answer(away, "s5", mail="ana@clinic.example")).decode()
    forged = base64.b64decode(directory.answer(away, "s6", signs=False, mail="boss@clinic.example")).decode()
    inner = forged[forged.index("<saml:Assertion") : forged.index("</samlp:Response>")]
    at = signed.index("<saml:Assertion")
    wrapped = base64.b64encode((signed[:at] + inner + signed[at:]).encode()).decode()
    assert bring(client, wrapped).status_code == 403
    assert not is_signed_in(client)
