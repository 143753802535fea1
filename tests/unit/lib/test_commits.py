"""Work after the commit: it fails for itself alone, and nobody goes around the one door to it."""

import logging
import subprocess
import sys

import pytest
from django.db import transaction

from tests.conftest import ROOT
from webapp.lib.commits import after_commit

AROUND = """from functools import partial

from django.db import transaction

transaction.on_commit(partial(print, "done"), robust=True)
"""


def fail(text: str) -> None:
    raise ValueError(text)


@pytest.mark.django_db(transaction=True)
def test_a_hook_that_fails_is_logged_by_name_and_goes_no_further(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    with caplog.at_level(logging.ERROR), transaction.atomic():
        after_commit(fail, "the broker is away")
        after_commit(done.append, "the next one")
    assert done == ["the next one"]
    assert "Error calling fail in on_commit() during transaction (the broker is away)" in caplog.text


def test_another_way_to_a_hook_is_refused_by_the_check() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", "webapp/jobs/around.py", "-"]
    done = subprocess.run(command, input=AROUND, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "TID251" in done.stdout
