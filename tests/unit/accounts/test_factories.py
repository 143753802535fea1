"""The factories make whole rows: a video's owner works in the video's hospital."""

import pytest

from tests.factories import AnswerFactory, JobFactory, MembershipFactory, VideoFactory

pytestmark = pytest.mark.django_db


def test_a_video_lies_in_its_owners_hospital() -> None:
    video = VideoFactory()
    assert video.owner.memberships.get().hospital == video.hospital


def test_an_answer_brings_its_whole_thread() -> None:
    answer = AnswerFactory()
    assert answer.question.conversation.owner == answer.question.conversation.video.owner


def test_a_job_takes_a_given_owner() -> None:
    surgeon = MembershipFactory().user
    assert JobFactory(owner=surgeon).hospital == surgeon.memberships.get().hospital
