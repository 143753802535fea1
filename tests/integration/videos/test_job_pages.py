"""The jobs page, and what may be done there by whom."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from tests.arrivals import video_of
from tests.factories import JobFactory
from webapp.accounts.models import User
from webapp.jobs.models import Job
from webapp.jobs.services import job_claim, job_fail
from webapp.videos.models import Video

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def job(alice: User) -> Job:
    return JobFactory(owner=alice, title="Case 17")


def fail(job: Job, *, permanent: bool = False) -> None:
    job_claim(job.pk, stage=job.stage, worker="w")
    job_fail(job.pk, code="disk", message="The <disk> failed.", permanent=permanent)


@pytest.mark.parametrize("name", ["job_cancel", "job_retry"])
@pytest.mark.parametrize("stranger", ["bob", "charlie"])
def test_a_strangers_job_is_not_there(job: Job, name: str, stranger: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(stranger))
    assert client.post(reverse(name, args=[job.pk])).status_code == 404
    assert list(client.get(reverse("jobs")).context["jobs"]) == []
    job.refresh_from_db()
    assert job.status == "queued"


@pytest.mark.parametrize("name", ["job_cancel", "job_retry"])
def test_changes_need_a_post_and_a_sign_in(job: Job, alice: User, name: str) -> None:
    assert signed_in(alice).get(reverse(name, args=[job.pk])).status_code == 405
    assert Client().post(reverse(name, args=[job.pk])).status_code == 302


def test_an_administrator_sees_the_hospitals_jobs(job: Job, admin: User) -> None:
    assert list(signed_in(admin).get(reverse("jobs")).context["jobs"]) == [job]


def test_a_failure_shows_its_reason_as_text(job: Job, alice: User) -> None:
    fail(job)
    page = signed_in(alice).get(reverse("jobs"), {"status": "failed"})
    assert b"The &lt;disk&gt; failed." in page.content
    assert page.context["has_active"] is False


def test_a_cancel_by_htmx_leaves_the_page_to_itself(job: Job, alice: User) -> None:
    response = signed_in(alice).post(reverse("job_cancel", args=[job.pk]), headers={"HX-Request": "true"})
    assert response.status_code == 204
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_retry_starts_the_video_again(alice: User) -> None:
    video = video_of(alice)
    assert video.job is not None
    fail(video.job)
    response = signed_in(alice).post(reverse("job_retry", args=[video.job.pk]))
    assert (response.status_code, response["Location"]) == (302, "/jobs/")
    assert Video.objects.get().status == "processing"


def test_what_cannot_help_is_refused_in_words(job: Job, alice: User) -> None:
    fail(job, permanent=True)
    headers = {"accept": "application/json"}
    response = signed_in(alice).post(reverse("job_retry", args=[job.pk]), headers=headers)
    assert (response.status_code, response.json()["code"]) == (409, "job_not_retryable")


def test_a_job_that_is_not_there_is_404(alice: User) -> None:
    assert signed_in(alice).post(reverse("job_cancel", args=[uuid.uuid4()])).status_code == 404
