"""A bad or unsafe setting stops the start with one clear line."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DEBRIEF_SESSION_IDLE_S": "soon"}, "DEBRIEF_SESSION_IDLE_S must be a whole number"),
        ({"DEBRIEF_SESSION_IDLE_S": "1"}, "DEBRIEF_SESSION_IDLE_S must be at least 60"),
        ({"DEBRIEF_PRODUCTION": "maybe"}, "DEBRIEF_PRODUCTION must be yes or no"),
        ({"ENGINE": "magic"}, "ENGINE must be one of local, vllm"),
        ({"ENGINE": "vllm"}, "ENGINE=vllm needs VLLM_URL"),
        ({"DEBRIEF_PRODUCTION": "yes", "DEBRIEF_SECRET_KEY": ""}, "DEBRIEF_SECRET_KEY"),
        ({"DEBRIEF_PRODUCTION": "yes", "DEBRIEF_SECRET_KEY": "short"}, "40 characters"),
        ({"DEBRIEF_PRODUCTION": "yes", "DEBRIEF_ALLOWED_HOSTS": "*"}, "DEBRIEF_ALLOWED_HOSTS"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(environment: dict[str, str], sentence: str) -> None:
    done = start(**environment)
    assert done.returncode != 0
    assert sentence in done.stderr.splitlines()[-1]


def test_the_command_line_says_it_in_one_line() -> None:
    environment = {**os.environ, "ENGINE": "magic"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stderr.splitlines() == ["ENGINE must be one of local, vllm, not 'magic'."]


def test_a_secret_is_read_from_a_file_and_stripped(tmp_path) -> None:
    secret = tmp_path / "key"
    secret.write_text("k" * 50 + "\n")
    code = "from django.conf import settings; assert settings.SECRET_KEY == 'k' * 50"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.settings", "DEBRIEF_SECRET_KEY_FILE": str(secret)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
