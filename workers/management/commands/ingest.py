"""`manage.py ingest PATH... [--owner EMAIL] [--json]`: the ingest pipeline in the foreground, one outcome a file.

A folder stands for the files in it, by name; folders inside it are left alone.
"""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from webapp.accounts.actors import command_actor
from webapp.accounts.demo import demo_accounts_ensure
from webapp.accounts.models import Membership, User
from webapp.accounts.selectors import membership_get
from webapp.jobs.services import job_cancel, job_cancelled
from webapp.lib.commands import DatabaseCommand
from webapp.lib.errors import ApplicationError
from webapp.videos.models import Video
from webapp.videos.services import video_create_from_path
from workers.pipeline import POLL_S, run_in_foreground


class Command(DatabaseCommand):
    help = "Prepares video files as an upload would, in the foreground. A name that begins with - goes after --."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder of files")
        parser.add_argument("--owner", default="", help="e-mail of the person the videos will belong to")
        parser.add_argument("--json", action="store_true", help="print one JSON object for each file")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = _owner(options["owner"])
        outcomes = []
        for path in _files(options["paths"]):
            started_s = time.monotonic()
            outcome = {"path": str(path), **_ingest(path, owner)}
            outcome["took_s"] = round(time.monotonic() - started_s, 1)
            outcomes.append(outcome)
            self.stdout.write(json.dumps(outcome) if options["json"] else _line(path, outcome))
            self.stdout.flush()
        if any(outcome["status"] not in {"ready", "rejected"} for outcome in outcomes):
            raise CommandError("not every file came to an end; see above")


def _owner(email: str) -> Membership:
    """The named person; without a name the demo surgeon, who is made if nobody is there yet (never in production)."""
    if not email and not settings.PRODUCTION:
        email = demo_accounts_ensure(settings.VAR_DIR / "demo_accounts.json")[0]["email"]
    user = User.objects.filter(email=email).first()
    if user is None:
        raise CommandError(f"There is nobody with the e-mail {email!r}. Name the owner with --owner.")
    return membership_get(user)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(entry for entry in path.iterdir() if entry.is_file())
        else:
            yield path


def _ingest(path: Path, owner: Membership) -> dict[str, Any]:
    try:
        video = video_create_from_path(
            path=path,
            owner=owner.user,
            hospital=owner.hospital,
            actor=command_actor(owner),
            title=path.stem,
            enqueue=False,
        )
    except (ApplicationError, OSError) as error:
        return {"id": None, "status": "failed", "reason": str(error), "duration_s": None, "frames": None}
    _finish(video)
    return {
        "id": str(video.pk),
        "status": video.status,
        "reason": video.reason,
        "duration_s": video.content.duration_s if video.status == Video.Status.READY else None,
        "frames": video.content.num_frames if video.status == Video.Status.READY else None,
        "is_incomplete": video.content.is_incomplete,
        "notes": video.content.notes,
    }


def _finish(video: Video) -> None:
    """Until the video is not being processed any more, here or by a worker that was faster."""
    while video.status == Video.Status.PROCESSING:
        if video.job is None:
            time.sleep(POLL_S)
        else:
            _work_on(video)
        video.refresh_from_db()


def _work_on(video: Video) -> None:
    assert video.job
    try:
        run_in_foreground(video.job.pk)
    except KeyboardInterrupt:
        # What was half-made is gone already; say so in the row, or the watchdog would start it again.
        job_cancel(video.job, actor=command_actor())
        job_cancelled(video.job.pk)
        raise


def _line(path: Path, outcome: dict[str, Any]) -> str:
    if outcome["status"] == "ready":
        return f"{path}: ready, {outcome['duration_s']:.2f} s, {outcome['frames']} frames"
    return f"{path}: {outcome['status']}. {outcome['reason']}"
