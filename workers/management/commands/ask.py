"""`manage.py ask PATH_OR_ID "question" [--json]`: one answer in the foreground, from the same models as the chat's.

A path is prepared first, through the same pipeline as an upload. Nothing is added to any conversation.
"""

import io
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from inference.errors import InferenceError
from inference.evidence.check import check_claims
from inference.evidence.citation import spans
from inference.evidence.claim import parse_claims
from inference.evidence.watched import watch_over
from inference.llava_surg.schema import AnswerDone, AnswerRequest
from inference.progress import never_stop
from webapp.audit.actions import Action
from webapp.audit.commands import audit_command
from webapp.lib.commands import DatabaseCommand
from webapp.lib.storage import content_paths
from webapp.videos.models import Video
from webapp.videos.selectors import timeline_newest
from workers.answer_tasks import timeline_facts
from workers.runtime import Answering, answering


class Command(DatabaseCommand):
    help = "Asks a question about a video (a file, or the id of one that is ready) and prints the answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("video", metavar="PATH_OR_ID")
        parser.add_argument("question")
        parser.add_argument("--owner", default="", help="e-mail of the person a new video will belong to")
        parser.add_argument("--from", dest="window_start_s", type=float, help="first second to look at")
        parser.add_argument("--to", dest="window_end_s", type=float, help="last second to look at")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        video = _video(options["video"], owner=options["owner"])
        audit_command(Action.COMMAND_ASK, hospital=video.hospital, object_type="video", object_id=str(video.pk))
        request = _request(video, options)
        try:
            outcome = self._answer(request, is_quiet=options["json"])
        except InferenceError as error:
            raise CommandError(f"{error.code}: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(outcome))

    def _answer(self, request: AnswerRequest, *, is_quiet: bool) -> dict[str, Any]:
        started_s, text, done, who = time.perf_counter(), "", None, answering()
        for part in who.answerer.stream(request, never_stop):
            if isinstance(part, AnswerDone):
                done = part
                continue
            text += part.text
            if not is_quiet:
                self.stdout.write(part.text, ending="")
                self.stdout.flush()
        assert done
        outcome = _outcome(text, done, request, who) | {"seconds": round(time.perf_counter() - started_s, 3)}
        if not is_quiet:
            self.stdout.write(
                f"\n\n{done.model_name}, {done.adapter}: {done.num_tokens} tokens, {outcome['seconds']} s"
            )
        return outcome


def _video(path_or_id: str, *, owner: str) -> Video:
    if Path(path_or_id).is_file():
        path_or_id = _prepared(path_or_id, owner=owner)
    try:
        video = Video.objects.filter(pk=uuid.UUID(path_or_id)).first()
    except ValueError as error:
        raise CommandError(f"{path_or_id!r} is neither a file nor the id of a video.") from error
    if video is None:
        raise CommandError(f"There is no video {path_or_id}.")
    if video.status != Video.Status.READY:
        raise CommandError(f"This video is {video.status}: {video.reason or 'wait until it is ready'}")
    return video


def _prepared(path: str, *, owner: str) -> str:
    """The id of the video made of this file; made once, found again later."""
    out = io.StringIO()
    arguments = ["--json", *(["--owner", owner] if owner else []), "--", path]
    call_command("ingest", *arguments, stdout=out, stderr=sys.stderr)
    outcome = json.loads(out.getvalue().strip().splitlines()[-1])
    if outcome["id"] is None:
        raise CommandError(f"This file could not be prepared: {outcome['reason']}")
    return str(outcome["id"])


def _request(video: Video, options: dict[str, Any]) -> AnswerRequest:
    content = video.content
    paths = content_paths(content.hospital_id, content.sha256)
    return AnswerRequest(
        features_path=paths.features,
        samples_path=paths.samples,
        duration_s=content.duration_s or 0.0,
        question=options["question"],
        window_start_s=options["window_start_s"],
        window_end_s=options["window_end_s"],
        facts=timeline_facts(timeline_newest(content)),
    )


def _outcome(text: str, done: AnswerDone, request: AnswerRequest, who: Answering) -> dict[str, Any]:
    checked = done.claims
    if checked is None:
        watch = watch_over(request.facts, watched=who.watched, duration_s=request.duration_s)
        claims = parse_claims(text, request.duration_s)
        checked = tuple(check_claims(claims, request.facts, watch=watch, question=request.question))
    return {
        "answer": text,
        "citations": [[span.start_s, span.end_s] for span in spans(text, request.duration_s)],
        "ttft_s": round(done.ttft_s, 3),
        "tokens": done.num_tokens,
        "is_insufficient": done.is_insufficient,
        "claims": [{"text": claim.text, "verdict": claim.verdict} for claim in checked],
        "model": done.model_name,
        "adapter": done.adapter,
    }
