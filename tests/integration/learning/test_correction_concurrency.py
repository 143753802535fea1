"""Corrections read, withdrawn and sent at the same moment, on a database whose rows are locked one by one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.integration.conversations.cast import ask, finish, make_cast
from tests.integration.learning.test_corrections import member_of
from tests.learning_rows import correct, explanation_row, settle
from webapp.accounts.actors import page_actor
from webapp.learning.corrections import correction_read, correction_withdraw
from webapp.learning.models import Correction, ReferenceSolution
from webapp.lib.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_postgres(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--postgres"):
        pytest.skip("SQLite locks the whole file")


def test_two_readers_and_a_withdrawal_at_once_leave_one_outcome() -> None:
    cast = make_cast()
    sent = settle(correct(explanation_row(finish(ask(cast)))))
    readers = [member_of(cast, "reviewer"), member_of(cast, "admin")]
    outcomes = _at_once(
        lambda: correction_read(sent, actor=readers[0], verdict="approve"),
        lambda: correction_read(sent, actor=readers[1], verdict="decline", note="No."),
        lambda: correction_withdraw(sent, actor=page_actor(cast.alice)),
    )
    sent.refresh_from_db()
    assert sent.state in ("withdrawn", "declined", "approved")
    assert sum(outcome is None for outcome in outcomes) in (1, 2)
    assert all(isinstance(outcome, Conflict | NotFound | type(None)) for outcome in outcomes)
    active = ReferenceSolution.objects.filter(state=ReferenceSolution.State.ACTIVE).count()
    assert active == (1 if sent.state == "approved" else 0)


def test_the_same_correction_sent_by_two_browsers_at_once_is_one() -> None:
    explanation = explanation_row(finish(ask(make_cast())))
    outcomes = _at_once(*[lambda: correct(explanation) for _ in range(4)])
    assert outcomes == [None] * 4
    assert Correction.objects.count() == 1


def _at_once(*calls: Callable[[], object]) -> list[Exception | None]:
    """What each raised, all begun together, each with a connection of its own."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> Exception | None:
        try:
            barrier.wait(10)
            call()
        except Exception as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
