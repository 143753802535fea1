"""A video for an empty library, drawn on this server: nobody's operation, and labelled as simulated."""

from django.db import transaction

from webapp.accounts.actors import Actor
from webapp.accounts.models import User
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.jobs.models import Job
from webapp.jobs.selectors import ACTIVE
from webapp.jobs.services import job_create
from webapp.lib.errors import Conflict
from webapp.videos.jobs import DEMO
from webapp.videos.usage import check_room

TITLE = "Demo video (simulated)"
# The drawing has 5 MB; a person without room for it is told before it is drawn.
SIZE_BYTES = 8_000_000


@transaction.atomic
def demo_request(actor: Actor) -> Job:
    """The job that draws it. Raises Conflict while one is being drawn, or what `usage.check_room` raises."""
    actor.require("videos")
    member = actor.member
    User.objects.select_for_update().get(pk=member.user_id)
    if demo_job(actor) is not None:
        raise Conflict("Your demo video is being drawn already.", code="demo_running")
    check_room(owner_id=member.user_id, hospital=member.hospital, size_bytes=SIZE_BYTES)
    job = job_create(kind=DEMO, owner=member.user, hospital=member.hospital, title=TITLE)
    audit_record(
        action=Action.VIDEO_DEMO,
        actor=actor,
        hospital=member.hospital,
        object_type="job",
        object_id=str(job.pk),
    )
    return job


def demo_job(actor: Actor) -> Job | None:
    """The one that is waiting or being drawn for this person."""
    return Job.objects.filter(owner=actor.person, kind=DEMO.name, status__in=ACTIVE).first()
