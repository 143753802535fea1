"""What is built once and kept: for ever, or for as long as the same models are active.

Each is built once however many threads ask for it at the same time. What was built for the models that were active
before is kept beside it, so going back to them costs nothing but the memory.
"""

import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import TypeVar

from inference.models.manifest import Kind
from workers.artifacts import Chosen, chosen

T = TypeVar("T")
NUM_KEPT = 2
_building = threading.RLock()


def built_once(build: Callable[[], T]) -> Callable[[], T]:
    """A cache that a second thread waits for instead of building a second model."""
    cached = cache(build)

    @wraps(build)
    def get() -> T:
        with _building:
            return cached()

    return get


def built_for(*kinds: Kind) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Of models of these kinds: built anew when an operator has activated others, in whatever process it was said.

    Who asks while the new ones are loaded waits for them; work that has begun goes on with what it was begun with.
    """

    def decorate(build: Callable[[], T]) -> Callable[[], T]:
        kept: dict[Chosen, T] = {}

        @wraps(build)
        def get() -> T:
            with _building:
                wanted = chosen(kinds)
                while wanted not in kept:
                    made, wanted, was_wanted = build(), chosen(kinds), wanted
                    # Activated while it was built: nobody knows of which of the two it was made.
                    if wanted == was_wanted:
                        kept[wanted] = made
                _keep_newest(kept, wanted)
                return kept[wanted]

        return get

    return decorate


def _keep_newest(kept: dict[Chosen, T], wanted: Chosen) -> None:
    kept[wanted] = kept.pop(wanted)
    while len(kept) > NUM_KEPT:
        del kept[next(iter(kept))]
