"""One row for a visit, however often a page, a player or a list asks again. docs/audit.md says what a visit covers."""

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.db import OperationalError

from webapp.accounts.actors import Actor
from webapp.lib.impatience import impatient

VISIT_S = 3600

logger = logging.getLogger(__name__)


def note_list(actor: Actor, name: str, note: Callable[[], object]) -> None:
    """For lists: a database that takes no row stops no reading of them. The server's log has it meanwhile, and the
    next time that the list is asked for, seconds later, `note` tries again. A video is shown only with its row.
    """
    try:
        with impatient():
            note()
    except OperationalError as error:
        logger.warning("%s seen by %s is not in the audit log yet: %s", name, actor.person.pk, error)


def once_a_visit(key: str, record: Callable[[], object]) -> None:
    """The first of two at the same time records; if it cannot, nothing is covered.

    Where the memory of it (the cache) is away, each time is a row.
    """
    if cache.get(key) is not None or not cache.add(key, 1, VISIT_S):
        return
    try:
        record()
    except BaseException:
        cache.delete(key)
        raise
