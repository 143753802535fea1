"""Nobody keeps others from uploading by promising bytes: caps, lapses, and what a promise can hold of the disk."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from tests.factories import MembershipFactory
from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.lib.errors import ApplicationError, StorageFull, TooManyAttempts
from webapp.lib.storage import upload_part_path
from webapp.videos.cleanup import storage_tidy
from webapp.videos.models import Upload
from webapp.videos.parts import PartFile
from webapp.videos.uploads import upload_advance, upload_create, upload_renew

pytestmark = pytest.mark.django_db(transaction=True)

GB = 1000**3


@pytest.fixture(autouse=True)
def disk(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A disk with 100 GB free."""
    settings.UPLOAD_MAX_BYTES = 200 * GB
    monkeypatch.setattr("webapp.videos.usage.free_bytes", lambda: 100 * GB)


def promise(owner: User, size_bytes: int = 1000) -> Upload:
    return upload_create(actor=page_actor(owner), filename="a.mp4", size_bytes=size_bytes)


def received(upload: Upload, num_bytes: int) -> Upload:
    upload_advance(upload, offset_bytes=num_bytes)
    return upload


def refusal(owner: User, size_bytes: int = 1000) -> str:
    with pytest.raises(ApplicationError) as caught:
        promise(owner, size_bytes)
    return caught.value.code


# --- caps ---------------------------------------------------------------------------------------------------


def test_one_person_has_so_many_uploads_under_way_and_is_told_what_to_do(alice: User, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_PERSON = 3
    first, *_ = [promise(alice) for _ in range(3)]
    with pytest.raises(
        TooManyAttempts, match=r"3 unfinished uploads .* Wait until one of them is finished, or discard"
    ):
        promise(alice)
    first.delete()
    promise(alice)


def test_twenty_files_are_within_the_limit(alice: User) -> None:
    assert len([promise(alice) for _ in range(20)]) == 20
    assert refusal(alice) == "too_many_uploads"


def test_one_hospital_has_so_many_uploads_under_way(alice: User, bob: User, charlie: User, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_HOSPITAL = 4
    for person in (alice, alice, bob, bob):
        promise(person)
    assert refusal(bob) == "too_many_uploads"
    promise(charlie)


def test_one_person_promises_so_many_bytes(alice: User, bob: User, settings: Any) -> None:
    settings.UPLOAD_PROMISED_PER_PERSON_BYTES = 10 * GB
    upload = promise(alice, 8 * GB)
    assert refusal(alice, 3 * GB) == "too_much_promised"
    promise(bob, 3 * GB)
    received(upload, 2 * GB)
    promise(alice, 3 * GB)


def test_one_hospital_promises_so_many_bytes(alice: User, bob: User, charlie: User, settings: Any) -> None:
    settings.UPLOAD_PROMISED_PER_HOSPITAL_BYTES = 10 * GB
    promise(alice, 8 * GB)
    assert refusal(bob, 3 * GB) == "too_much_promised"
    promise(charlie, 3 * GB)


def test_finished_uploads_are_not_under_way(alice: User, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_PERSON = 1
    promise(alice)
    Upload.objects.update(status=Upload.Status.FINISHED)
    promise(alice)


@pytest.mark.parametrize("cap", ["person", "hospital", "bytes", "quota"])
def test_creations_at_once_do_not_slip_past_a_cap(alice: User, settings: Any, cap: str) -> None:
    hospital = alice.memberships.get().hospital
    if cap == "person":
        settings.UPLOADS_OPEN_PER_PERSON = 5
    elif cap == "hospital":
        settings.UPLOADS_OPEN_PER_HOSPITAL = 5
    elif cap == "bytes":
        settings.UPLOAD_PROMISED_PER_PERSON_BYTES = 5999
    else:
        hospital.quota_bytes = 5999
        hospital.save()
    people = [alice] * 12 if cap != "hospital" else [MembershipFactory(hospital=hospital).user for _ in range(12)]
    at_once(people)
    assert Upload.objects.count() == 5


def test_hospitals_at_once_do_not_promise_the_disk_twice(
    alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.videos.usage.free_bytes", lambda: 1500)
    at_once([alice, charlie] * 4)
    assert Upload.objects.count() == 1


def at_once(people: list[User]) -> None:
    barrier = threading.Barrier(len(people))

    def create(membership: Any) -> None:
        try:
            barrier.wait()
            upload_create(actor=page_actor(membership.user), filename="a.mp4", size_bytes=1000)
        except ApplicationError:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=create, args=(person.memberships.get(),)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- the disk ---------------------------------------------------------------------------------------------------


def test_promises_of_one_hospital_leave_half_of_the_disk_to_the_others(alice: User, charlie: User) -> None:
    for _ in range(2):
        promise(alice, 50 * GB)
    promise(charlie, 49 * GB)
    assert refusal(charlie, 2 * GB) == "disk_promised"


def test_promises_of_one_person_leave_half_of_the_disk_to_colleagues(alice: User, bob: User) -> None:
    for _ in range(2):
        promise(alice, 50 * GB)
    promise(bob, 49 * GB)
    assert refusal(bob, 2 * GB) == "disk_promised"


def test_what_one_person_promises_is_counted_whole_for_that_person(alice: User) -> None:
    promise(alice, 50 * GB)
    assert refusal(alice, 51 * GB) == "disk_promised"
    promise(alice, 50 * GB)


def test_a_file_for_which_the_disk_has_no_room_at_all_is_told_so(alice: User) -> None:
    with pytest.raises(StorageFull, match="administrator has to make room"):
        promise(alice, 101 * GB)


# --- lapses -------------------------------------------------------------------------------------------------------


def lapse(upload: Upload) -> Upload:
    """As if nothing had happened until just after its promise."""
    ago = upload.promised_until - timezone.now() + timedelta(seconds=1)
    upload.promised_until -= ago
    upload.expires_at -= ago
    upload.save()
    return upload


def test_a_promise_without_bytes_lapses_in_minutes_and_its_upload_goes(alice: User, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_PERSON = 1
    upload = promise(alice)
    assert upload.promised_until <= timezone.now() + timedelta(minutes=10)
    lapse(upload)
    promise(alice)
    storage_tidy(now=timezone.now())
    assert not Upload.objects.filter(pk=upload.pk).exists()


def test_an_upload_that_stands_still_keeps_its_bytes_and_holds_no_room(alice: User, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_PERSON = 1
    upload = received(promise(alice, 90 * GB), 1 * GB)
    assert upload.promised_until <= timezone.now() + timedelta(hours=1)
    lapse(upload)
    promise(alice, 100 * GB)
    storage_tidy(now=timezone.now())
    assert Upload.objects.filter(pk=upload.pk, offset_bytes=1 * GB).exists()


def test_what_came_of_an_upload_that_stands_still_counts_in_the_quota(alice: User) -> None:
    hospital = alice.memberships.get().hospital
    hospital.quota_bytes = 2000
    hospital.save()
    lapse(received(promise(alice, 1500), 800))
    assert refusal(alice, 1300) == "quota_exceeded"
    promise(alice, 1200)


def test_an_upload_that_goes_on_after_a_lapse_is_held_room_for_again(alice: User, settings: Any) -> None:
    upload = lapse(received(promise(alice, 3000), 1000))
    upload_renew(upload)
    settings.UPLOADS_OPEN_PER_PERSON = 1
    assert refusal(alice) == "too_many_uploads"


def test_an_upload_that_goes_on_after_a_lapse_waits_if_others_have_taken_the_room(alice: User, settings: Any) -> None:
    settings.UPLOADS_OPEN_PER_PERSON = 1
    upload = lapse(received(promise(alice, 3000), 1000))
    other = promise(alice)
    with pytest.raises(TooManyAttempts):
        upload_renew(upload)
    other.delete()
    upload_renew(upload)


def test_an_upload_that_is_being_written_does_not_go(alice: User) -> None:
    upload = lapse(promise(alice))
    with PartFile(upload_part_path(upload.pk)):
        storage_tidy(now=timezone.now())
    assert Upload.objects.filter(pk=upload.pk).exists()
