"""One row for a visit, however often a page, a player or a list asks again. docs/audit.md says what a visit covers."""

from collections.abc import Callable

from django.core.cache import cache

VISIT_S = 3600


def once_a_visit(key: str, record: Callable[[], object]) -> None:
    """The first of two at the same time records; if it cannot, nothing is covered.

    Where the memory of it (the cache) is away, each time is a row.
    """
    if not cache.add(key, 1, VISIT_S) and cache.get(key) is not None:
        return
    try:
        record()
    except BaseException:
        cache.delete(key)
        raise
