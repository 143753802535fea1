"""What only the real command line shows: whom the server takes the caller for, what it logs, and a database held."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from tests.integration.server.conftest import Served, sign_in

pytestmark = pytest.mark.slow

LINK = """
import django; django.setup()
from webapp.accounts.links import password_link_path
from webapp.accounts.models import User
print("LINK", password_link_path(User.objects.get(email="alice@example.org")))
"""
UPLOAD = {"Tus-Resumable": "1.0.0", "Upload-Length": "5"}


@contextmanager
def held(served: Served) -> Iterator[None]:
    """Another program is writing, and goes on writing."""
    with closing(sqlite3.connect(served.server.database, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def test_a_made_up_address_neither_avoids_the_lock_nor_reaches_the_audit_log(served: Served) -> None:
    with served.client() as client:
        statuses = [
            sign_in(client, "ben@example.org", "wrong", **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code
            for number in range(5)
        ]
    assert statuses == [200, 200, 200, 200, 429]
    addresses = served.server.rows("SELECT DISTINCT ip_address FROM audit_auditevent WHERE action = 'sign_in_failed'")
    assert addresses == [("127.0.0.1",)]


def test_the_key_of_a_link_is_never_in_the_log(served: Served) -> None:
    link = served.server.python("-c", LINK).split("LINK ")[1].strip()
    key = link.strip("/").rsplit("-", 1)[1]
    with served.client() as client:
        client.get(link, follow_redirects=True)
        client.get(link + "no-such-page", headers={"Referer": served.server.url + link})
    assert "/accounts/password/reset/key/" in served.server.log()
    assert key not in served.server.log()


def test_what_people_search_for_is_not_in_the_log(served: Served) -> None:
    with served.client(signed_in=True) as client:
        assert client.get("/", params={"search": "Marked-Patient"}).status_code == 200
    assert "Marked-Patient" not in served.server.log()


def test_a_held_database_stops_no_reading_and_is_named_to_who_writes(served: Served) -> None:
    with served.client(signed_in=True) as client, held(served), ThreadPoolExecutor(4) as pool:
        upload = pool.submit(client.post, "/uploads/", headers=UPLOAD)
        sign_in_form = pool.submit(client.post, "/account/", data={"name": "Al"}, headers=csrf(client))
        assert client.get("/").status_code == 200
        assert client.get("/jobs/").status_code == 200
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").status_code == 200
        assert (upload.result().status_code, upload.result().json()["code"]) == (503, "database_busy")
        assert sign_in_form.result().status_code == 503
        assert "database is busy" in sign_in_form.result().text


def csrf(client) -> dict[str, str]:
    client.get("/account/")
    return {"X-CSRFToken": client.cookies["csrftoken"]}
