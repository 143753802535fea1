"""Alice owns a video and asks; Bob works in her department; Charlie is of another hospital."""

from dataclasses import dataclass

from tests.factories import DepartmentFactory, MembershipFactory, VideoFactory
from webapp.accounts.actors import page_actor
from webapp.accounts.models import Department, User
from webapp.conversations.models import Answer
from webapp.conversations.outcomes import AnswerOutcome, answer_finish, answer_started
from webapp.conversations.services import question_ask
from webapp.jobs.models import Job
from webapp.jobs.services import job_claim, job_succeed
from webapp.videos.models import Video

WORKER = "test-worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    alice: User
    bob: User
    charlie: User
    video: Video


def make_cast() -> Cast:
    department = DepartmentFactory(viewing=Department.Viewing.DEPARTMENT)
    alice = MembershipFactory(hospital=department.hospital, department=department).user
    bob = MembershipFactory(hospital=department.hospital, department=department).user
    charlie = MembershipFactory().user
    return Cast(alice=alice, bob=bob, charlie=charlie, video=VideoFactory(owner=alice))


def ask(cast: Cast, text: str = "Which instruments are visible?", *, parent: Answer | None = None) -> Answer:
    return question_ask(actor=page_actor(cast.alice), video=cast.video, text=text, parent=parent)


def begin(answer: Answer) -> Job:
    """A worker takes the answer's job and starts."""
    job = job_claim(answer.job_id or "", stage="answer", worker=WORKER)
    assert job is not None
    assert answer_started(answer.pk)
    return job


def finish(answer: Answer, text: str = "A grasper [[t=6-12]].") -> Answer:
    """A worker writes the whole answer."""
    job = begin(answer)
    outcome = AnswerOutcome(text=text, model_name="m", adapter="a", ttft_s=0.1, num_tokens=5)
    assert answer_finish(answer.pk, outcome=outcome, claims=[], worker=job.worker)
    job_succeed(job.pk, worker=job.worker)
    answer.refresh_from_db()
    return answer
