"""One real server for the tests of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.webserver import WebServer

# Alice works in a hospital; her session was last noted two minutes ago, so the next request wants to note it again.
PEOPLE = """
import django; django.setup()
import time
from django.test import Client
from webapp.accounts.models import Membership, User
from webapp.accounts.services import hospital_create, user_create
hospital = hospital_create(name="H")
alice = user_create(email="alice@example.org", password="correct-horse-battery", name="Alice", hospital=hospital)
client = Client(); client.force_login(alice)
session = client.session
session["debrief_last_seen_at"] = time.time() - 120
session.save()
print("COOKIE", client.cookies["sessionid"].value)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    server: WebServer
    cookie: str

    def client(self, *, signed_in: bool = False) -> httpx2.Client:
        cookies = {"sessionid": self.cookie} if signed_in else {}
        return httpx2.Client(base_url=self.server.url, cookies=cookies, timeout=60)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    var: Path = tmp_path_factory.mktemp("served")
    (var / "static").mkdir()
    server = WebServer(var)
    server.python("manage.py", "migrate", "-v0")
    said = server.python("-c", PEOPLE)
    server.start()
    try:
        yield Served(server=server, cookie=said.split("COOKIE ")[1].split()[0])
    finally:
        server.stop()


def sign_in(client: httpx2.Client, email: str, password: str, **headers: str) -> httpx2.Response:
    client.get("/accounts/login/")
    form = {"login": email, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post("/accounts/login/", data=form, headers=headers)
