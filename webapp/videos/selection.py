"""What is done to several videos at once: to each as if it were asked for alone, and counted for all."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.accounts.actors import Actor
from webapp.accounts.models import Department
from webapp.lib.errors import NotFound, PermissionRefused
from webapp.videos.models import Video
from webapp.videos.selectors import video_get_to_manage
from webapp.videos.services import video_delete, video_move

# As many as one page of the library shows, and some more.
MAX_SELECTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`num_gone`: not there (any more), or never theirs to see · `num_refused`: theirs to look at, not to change."""

    num_done: int
    num_gone: int
    num_refused: int

    def words(self, done: str) -> str:
        """`done`: what was done, as in "removed"."""
        parts = [f"{_videos(self.num_done)} {done}."]
        if self.num_gone:
            parts.append(f"{_videos(self.num_gone)} {_was(self.num_gone)} not there any more.")
        if self.num_refused:
            parts.append(
                f"{_videos(self.num_refused)} stayed: only the owner or an administrator can change "
                f"{'it' if self.num_refused == 1 else 'them'}."
            )
        return " ".join(parts)


def videos_delete(ids: Sequence[uuid.UUID], *, actor: Actor) -> Outcome:
    return _each(ids, actor, lambda video: video_delete(video, actor=actor))


def videos_move(ids: Sequence[uuid.UUID], *, department: Department | None, actor: Actor) -> Outcome:
    return _each(ids, actor, lambda video: video_move(video, department=department, actor=actor))


def _each(ids: Sequence[uuid.UUID], actor: Actor, change: Callable[[Video], None]) -> Outcome:
    """Each in a transaction of its own: what was done stays done if a later one meets trouble."""
    counts = {"done": 0, "gone": 0, "refused": 0}
    for video_id in dict.fromkeys(ids):
        counts[_one(video_id, actor, change)] += 1
    return Outcome(num_done=counts["done"], num_gone=counts["gone"], num_refused=counts["refused"])


def _one(video_id: uuid.UUID, actor: Actor, change: Callable[[Video], None]) -> str:
    try:
        video = video_get_to_manage(actor, video_id)
    except NotFound:
        return "gone"
    except PermissionRefused:
        return "refused"
    change(video)
    return "done"


def _videos(number: int) -> str:
    return f"{number} video{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
