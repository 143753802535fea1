"""`manage.py refresh_features [ID...]`: a new revision of the timeline where models or the text cover changed since.

Without ids every prepared content is looked at, once however many videos are about it; one whose features and timeline
are as they would be made now is left alone. What answers cited of older revisions is kept.
"""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from inference.errors import InferenceError
from webapp.audit.actions import Action
from webapp.audit.commands import audit_command
from webapp.lib.commands import DatabaseCommand
from webapp.videos.models import Content
from webapp.videos.results import content_set_encoder
from webapp.videos.selectors import contents_prepared, timeline_newest
from webapp.videos.timelines import timeline_add
from workers.preparing import is_up_to_date, make_features, read_timeline


class Command(DatabaseCommand):
    help = "Makes what is stale of features and timelines anew for prepared videos. Runs in the foreground."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=UUID, metavar="ID", help="of videos; without any, all")

    def handle(self, *_args: Any, **options: Any) -> None:
        contents = contents_prepared(video_ids=options["ids"] or None)
        outcomes = [self._refresh(content) for content in contents]
        if not all(outcomes):
            raise CommandError("not every video could be refreshed; see above")

    def _refresh(self, content: Content) -> bool:
        audit_command(
            Action.COMMAND_REFRESH_FEATURES, hospital=content.hospital, object_type="content", object_id=content.sha256
        )
        videos = ", ".join(str(pk) for pk in content.videos.values_list("pk", flat=True))
        try:
            self.stdout.write(f"{videos}: {'made anew' if refreshed(content) else 'as it should be'}")
        except InferenceError as error:
            self.stdout.write(f"{videos}: {error}")
            return False
        return True


def refreshed(content: Content) -> bool:
    """Whether anything had to be made."""
    if is_up_to_date(content, timeline_newest(content)):
        return False
    made = make_features(content)
    content_set_encoder(content, encoder_id=made.encoder_id, is_text_covered=made.is_text_covered)
    revision = read_timeline(content)
    timeline_add(content, made_by=revision.made_by, facts=revision.facts)
    return True
