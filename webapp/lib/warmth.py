"""Whether the processes that compute hold their models. They say so while they live; pages and checks read it."""

from enum import StrEnum

from webapp.lib import events

# Said again well before it lapses: a dead process says nothing.
SAY_EVERY_S = 5
KEEP_S = 3 * SAY_EVERY_S
# Those of webapp/jobs/kinds.py whose processes hold models.
QUEUES = ("answers", "bulk")


class Warmth(StrEnum):
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


def warmth_say(queue: str, warmth: Warmth) -> None:
    events.note(f"models:{queue}", warmth, keep_s=KEEP_S)


def warmth_of(queue: str) -> Warmth | None:
    """None: no process of that queue says anything, or Redis is away."""
    said = events.noted(f"models:{queue}")
    return Warmth(said) if said in set(Warmth) else None
