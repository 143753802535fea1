"""Many writers at once: every row arrives and the chain does not fork."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from tests.factories import HospitalFactory
from webapp.accounts.models import Hospital
from webapp.audit.models import AuditEvent
from webapp.audit.services import audit_record
from webapp.audit.verify import chain_verify

NUM_WRITERS = 8
ROWS_EACH = 12


def write(hospital: Hospital, writer: int) -> None:
    try:
        for number in range(ROWS_EACH):
            with transaction.atomic():
                audit_record(action="video.play", hospital=hospital, detail={"writer": writer, "number": number})
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_audit_chains_do_not_fork_under_concurrent_writers() -> None:
    first, second = HospitalFactory(), HospitalFactory()
    with ThreadPoolExecutor(NUM_WRITERS) as pool:
        for done in [pool.submit(write, (first, second)[writer % 2], writer) for writer in range(NUM_WRITERS)]:
            done.result()
    for hospital in (first, second):
        report = chain_verify(str(hospital.pk))
        assert (report.problem, report.num_rows) == ("", NUM_WRITERS * ROWS_EACH // 2)


@pytest.mark.django_db(transaction=True)
def test_audit_rows_of_a_first_visit_do_not_race_for_the_head() -> None:
    hospital = HospitalFactory()

    def visit(_: int) -> None:
        try:
            audit_record(action="video.view", hospital=hospital)
        finally:
            connection.close()

    with ThreadPoolExecutor(NUM_WRITERS) as pool:
        list(pool.map(visit, range(NUM_WRITERS)))
    assert AuditEvent.objects.filter(hospital_id=hospital.pk).count() == NUM_WRITERS
    assert chain_verify(str(hospital.pk)).is_unbroken
