"""`manage.py refresh_features [ID...]`: features and segments anew, where models or the text cover changed since.

Without ids every ready video is looked at; one whose features are as they would be made now is left alone.
"""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.errors import FeaturesStale, InferenceError, MediaFailed
from webapp.videos.models import Video
from webapp.videos.services import video_set_encoder, video_set_timeline
from workers.preparing import found_segments, make_features


class Command(BaseCommand):
    help = "Makes features and timeline anew for ready videos whose features are stale. Runs in the foreground."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=UUID, metavar="ID")

    def handle(self, *_args: Any, **options: Any) -> None:
        videos = Video.objects.filter(status=Video.Status.READY).order_by("created_at")
        if options["ids"]:
            videos = videos.filter(pk__in=options["ids"])
        outcomes = [self._refresh(video) for video in videos.iterator()]
        if not all(outcomes):
            raise CommandError("not every video could be refreshed; see above")

    def _refresh(self, video: Video) -> bool:
        try:
            self.stdout.write(f"{video.pk}: {'made anew' if refreshed(video) else 'as it should be'}")
        except InferenceError as error:
            self.stdout.write(f"{video.pk}: {error}")
            return False
        return True


def refreshed(video: Video) -> bool:
    """Whether anything had to be made."""
    try:
        found_segments(video)
    except (FeaturesStale, MediaFailed):
        made = make_features(video)
        video_set_encoder(video, encoder_id=made.encoder_id, is_text_covered=made.is_text_covered)
        video_set_timeline(video, found_segments(video))
        return True
    return False
