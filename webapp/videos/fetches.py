"""Videos that this server fetches from a store (settings.FETCH_STORES) because a program asked for it."""

import re
import uuid
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.jobs.models import Job
from webapp.jobs.services import job_create
from webapp.lib.errors import InvalidInput, NotFound, PermissionRefused
from webapp.lib.outside import check_url
from webapp.lib.sealing import seal, unseal
from webapp.stores import Store
from webapp.videos.jobs import FETCH
from webapp.videos.models import Fetch, Upload, Video
from webapp.videos.names import clean_filename, title_from_filename
from webapp.videos.services import video_create_from_upload
from webapp.videos.uploads import upload_create, upload_end

PURPOSE = "fetch-address"
SHA256 = re.compile(r"[0-9a-f]{64}")


class StoreRefused(PermissionRefused):
    """This address lies in no store that your hospital may have videos fetched from."""

    default_code = "store_refused"


@transaction.atomic
def fetch_request(*, actor: Actor, address: str, sha256: str = "") -> Fetch:
    """A job that fetches it. Whether it is there, and how large, is found out by the job. Raises StoreRefused."""
    actor.require("videos")
    member = actor.member
    store = store_of(address, hospital=member.hospital.slug)
    if store.url:
        check_url(address)
    title = title_from_filename(filename_of(address))
    job = job_create(kind=FETCH, owner=member.user, hospital=member.hospital, title=title)
    fetch = Fetch.objects.create(job=job, address_sealed=seal(address, purpose=PURPOSE), sha256=sha256)
    audit_record(
        action=Action.VIDEO_FETCH,
        actor=actor,
        hospital=member.hospital,
        object_type="job",
        object_id=str(job.pk),
        # Where from, and not which: a file's name may be a patient's.
        detail={"store": store.name or str(urlsplit(store.url).hostname)},
    )
    return fetch


def fetch_get_for_actor(actor: Actor, fetch_id: uuid.UUID | str) -> Fetch:
    """One's own; an administrator's those of the hospital. Raises NotFound."""
    actor.require("videos")
    member = actor.member
    rows = Fetch.objects.select_related("job", "upload").filter(job__hospital_id=member.hospital_id)
    if member.role != member.Role.ADMIN:
        rows = rows.filter(job__owner_id=member.user_id)
    try:
        return rows.get(pk=fetch_id)
    except (Fetch.DoesNotExist, ValidationError) as error:
        raise NotFound from error


def store_of(address: str, *, hospital: str) -> Store:
    """Raises StoreRefused."""
    for store in settings.FETCH_STORES:
        if store.is_for(hospital) and store.holds(address):
            found: Store = store
            return found
    raise StoreRefused


def filename_of(address: str) -> str:
    return clean_filename(unquote(urlsplit(address).path.rpartition("/")[2]))


def address_of(fetch: Fetch) -> str:
    """Raises SealBroken."""
    return unseal(fetch.address_sealed, purpose=PURPOSE)


def fetch_begin(fetch: Fetch, *, actor: Actor, size_bytes: int, validator: str) -> Upload:
    """Room for what will come, as for any upload. What came of an earlier version of the file is forgotten.

    Raises what `upload_create` raises.
    """
    fetch_forget(fetch, actor=actor)
    upload = upload_create(actor=actor, filename=filename_of(address_of(fetch)), size_bytes=size_bytes)
    fetch.upload, fetch.validator = upload, validator[:200]
    fetch.save(update_fields=["upload", "validator"])
    return upload


def fetch_forget(fetch: Fetch, *, actor: Actor) -> None:
    """Nothing of what came is kept. A write of its own: whoever raises in the same one undoes it."""
    if fetch.upload is not None:
        upload_end(fetch.upload, actor=actor)


def fetch_finish(fetch: Fetch, *, actor: Actor, sha256: str) -> Video:
    """Raises InvalidInput where what came is not what the caller said it is."""
    upload = fetch.upload
    assert upload is not None
    if fetch.sha256 and fetch.sha256 != sha256:
        raise InvalidInput("What the store sent has another SHA-256 than was said.", "checksum_mismatch")
    video = video_create_from_upload(upload, actor=actor, sha256=sha256)
    Fetch.objects.filter(pk=fetch.pk).update(video=video, address_sealed="")
    Job.objects.filter(pk=fetch.job_id).update(url=reverse("video", args=[video.pk]))
    return video
