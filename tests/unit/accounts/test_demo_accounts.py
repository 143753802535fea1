"""Demo accounts: made once, different on each machine, readable by the owner only."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.conftest import ROOT
from webapp.accounts.demo import demo_accounts_ensure
from webapp.accounts.models import Hospital, User

pytestmark = pytest.mark.django_db


def test_the_three_people_can_sign_in_with_what_is_printed(tmp_path: Path) -> None:
    accounts = demo_accounts_ensure(tmp_path / "kept.json")
    assert [account["role"] for account in accounts] == ["surgeon", "reviewer", "admin"]
    assert all(User.objects.get(email=a["email"]).check_password(a["password"]) for a in accounts)


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    first = demo_accounts_ensure(kept)
    assert demo_accounts_ensure(kept) == first
    assert Hospital.objects.count() == 1


def test_passwords_are_made_anew_when_the_file_is_lost(tmp_path: Path) -> None:
    first = demo_accounts_ensure(tmp_path / "kept.json")
    (tmp_path / "kept.json").unlink()
    second = demo_accounts_ensure(tmp_path / "kept.json")
    assert not {a["password"] for a in first} & {a["password"] for a in second}
    assert User.objects.get(email=second[0]["email"]).check_password(second[0]["password"])


def test_a_broken_file_is_replaced(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("{not json")
    accounts = demo_accounts_ensure(kept)
    assert json.loads(kept.read_text()) == accounts


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    demo_accounts_ensure(tmp_path / "kept.json")
    assert (tmp_path / "kept.json").stat().st_mode & 0o777 == 0o600


def test_no_password_is_written_in_the_code() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "webapp" / "accounts").rglob("*.py")]
    assert not [match for text in texts for match in re.findall(r"""password=["'][^"']+["']""", text)]


def test_production_gets_no_demo_accounts(settings) -> None:
    settings.PRODUCTION = True
    call_command("demo_accounts", "--quiet")
    assert not User.objects.exists()


def test_the_command_prints_json(settings, tmp_path: Path, capsys) -> None:
    settings.VAR_DIR = tmp_path
    call_command("demo_accounts", "--json")
    assert json.loads(capsys.readouterr().out)[2]["email"] == "admin@debrief.local"


def test_a_new_hospital_starts_with_an_administrators_link(capsys) -> None:
    call_command("hospital_create", "St Elsewhere", "--admin", "boss@example.org", "--base-url", "https://d.example")
    assert "https://d.example/accounts/password/reset/key/" in capsys.readouterr().out
    assert User.objects.get(email="boss@example.org").memberships.get().role == "admin"
