"""Rows for tests, whole by default: `VideoFactory()` brings its owner, hospital and membership with it."""

import hashlib
from functools import cache

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from webapp.accounts.models import Department, Hospital, Membership, User
from webapp.conversations.models import Answer, Conversation, Question
from webapp.jobs.models import Job
from webapp.videos.models import Content, Video

PASSWORD = "correct-horse-battery"


@cache
def hashed(password: str) -> str:
    """Once a run: a good hash is slow on purpose."""
    return make_password(password)


class HospitalFactory(DjangoModelFactory[Hospital]):
    class Meta:
        model = Hospital

    name = factory.Sequence(lambda n: f"Hospital {n}")
    slug = factory.Sequence(lambda n: f"hospital-{n}")


class DepartmentFactory(DjangoModelFactory[Department]):
    class Meta:
        model = Department

    hospital = factory.SubFactory(HospitalFactory)
    name = factory.Sequence(lambda n: f"Department {n}")


class UserFactory(DjangoModelFactory[User]):
    """A person without a hospital. The password is PASSWORD."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    password = factory.LazyFunction(lambda: hashed(PASSWORD))


class MembershipFactory(DjangoModelFactory[Membership]):
    """A surgeon of a hospital: `MembershipFactory(hospital=..., role="admin").user`."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    hospital = factory.SubFactory(HospitalFactory)
    role = Membership.Role.SURGEON


class JobFactory(DjangoModelFactory[Job]):
    class Meta:
        model = Job

    kind = "ingest"
    stage = "probe"
    owner = factory.LazyFunction(lambda: MembershipFactory().user)
    hospital = factory.LazyAttribute(lambda job: job.owner.memberships.first().hospital)
    title = factory.Sequence(lambda n: f"Job {n}")


class ContentFactory(DjangoModelFactory[Content]):
    """Bytes nobody has looked at but for their metadata."""

    class Meta:
        model = Content

    hospital = factory.SubFactory(HospitalFactory)
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    size_bytes = 1_000_000
    duration_s = 120.0
    fps = 25.0
    width_px = 1280
    height_px = 720
    num_frames = 3000
    codec = "h264"


class VideoFactory(DjangoModelFactory[Video]):
    """A ready video of a surgeon, `content__duration_s=` long. With `owner=` it lands in that person's hospital."""

    class Meta:
        model = Video

    owner = factory.LazyFunction(lambda: MembershipFactory().user)
    hospital = factory.LazyAttribute(lambda video: video.owner.memberships.first().hospital)
    content = factory.SubFactory(
        ContentFactory,
        hospital=factory.SelfAttribute("..hospital"),
        prepared_at=factory.LazyAttribute(
            lambda content: timezone.now() if content.factory_parent.status == Video.Status.READY else None
        ),
    )
    department = factory.LazyAttribute(lambda video: video.owner.memberships.first().department)
    title = factory.Sequence(lambda n: f"Lap. cholecystectomy {n}")
    original_filename = factory.Sequence(lambda n: f"case_{n}.mp4")
    status = Video.Status.READY


class ConversationFactory(DjangoModelFactory[Conversation]):
    class Meta:
        model = Conversation

    video = factory.SubFactory(VideoFactory)
    owner = factory.LazyAttribute(lambda conversation: conversation.video.owner)


class QuestionFactory(DjangoModelFactory[Question]):
    class Meta:
        model = Question

    conversation = factory.SubFactory(ConversationFactory)
    text = "Which instruments are visible?"


class AnswerFactory(DjangoModelFactory[Answer]):
    class Meta:
        model = Answer

    question = factory.SubFactory(QuestionFactory)
