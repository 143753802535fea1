"""The conversation as a file. It is the asker's own; who may not see the video any more gets none."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from webapp.accounts.actors import page_actor
from webapp.conversations.export import EXPORTS
from webapp.conversations.selectors import conversation_for_video
from webapp.conversations.services import conversation_note_export
from webapp.conversations.thread import thread_shown
from webapp.lib.errors import NotFound
from webapp.videos.selectors import video_get_for_actor


@login_required
@require_GET
@never_cache
def conversation_export(request: HttpRequest, video_id: uuid.UUID, kind: str) -> HttpResponse:
    actor = page_actor(request.user)
    video = video_get_for_actor(actor, video_id)
    export = EXPORTS.get(kind)
    if export is None:
        raise NotFound("A conversation is not exported in this form.")
    turns = thread_shown(conversation_for_video(actor=actor, video=video)).turns
    if not turns:
        raise NotFound("You have not asked anything about this video yet.")
    content = export.write(video, turns, timezone.localtime())
    conversation_note_export(video, actor=actor, kind=kind, num_turns=len(turns))
    headers = {"Content-Disposition": content_disposition_header(True, f"{video.title}.{export.ending}")}
    return HttpResponse(content, content_type=export.content_type, headers=headers)
