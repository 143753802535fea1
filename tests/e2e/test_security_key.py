"""A security key in a real browser: added, asked for at sign-in, and never in the way of the content policy."""

import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT
from tests.e2e.conftest import Debrief, sign_in

MAKE_PERSON = """
from webapp.accounts.models import Hospital
from webapp.accounts.services import user_create
user_create(email="{email}", password="{password}", name="Kim Key", hospital=Hospital.objects.get(slug="demo-hospital"))
"""
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(debrief: Debrief) -> dict[str, str]:
    account = {"email": f"kim-{uuid.uuid4().hex[:8]}@example.org", "password": f"Pw-{uuid.uuid4()}"}
    command = [sys.executable, "manage.py", "shell", "-c", MAKE_PERSON.format(**account)]
    subprocess.run(command, cwd=ROOT, env=debrief.environment, check=True)
    return account


@pytest.fixture
def page_with_key(browser: Browser, debrief: Debrief) -> Iterator[Page]:
    """At localhost: browsers give security keys to named sites only, not to 127.0.0.1."""
    context = browser.new_context(base_url=debrief.url.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def test_a_security_key_is_added_and_then_asked_for(page_with_key: Page, person: dict[str, str]) -> None:
    page = page_with_key
    sign_in(page, person)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url("**/2fa/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    assert page.get_by_role("cell", name="Blue key").is_visible()
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.get_by_label("Email").fill(person["email"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/2fa/authenticate/")
    page.goto("/")
    assert page.url.endswith("/accounts/2fa/authenticate/")
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url("**localhost:*/")
