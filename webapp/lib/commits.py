"""Work that waits for the commit. The only caller of `transaction.on_commit`: ruff refuses every other (TID251)."""

from collections.abc import Callable
from functools import update_wrapper
from typing import ParamSpec

from django.db import transaction

P = ParamSpec("P")


def after_commit(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Calls `work` once the surrounding transaction is committed. What it raises is logged and goes no further.

    Django logs a failed hook by its `__qualname__`, which a partial does not have: its AttributeError would then
    reach the request whose work is already done.
    """

    def run() -> None:
        work(*args, **kwargs)

    transaction.on_commit(update_wrapper(run, work), robust=True)  # noqa: TID251 - the one home of it
