"""Addresses of rows by their ids. Django builds each anew, which for a list takes longer than reading its rows."""

import uuid
from functools import cache

from django.urls import reverse

_ID = uuid.UUID(int=0x5EED)


def address_of(name: str, row_id: uuid.UUID) -> str:
    """As `reverse(name, args=[row_id])`, for addresses with one id in them."""
    before, after = _around(name)
    return f"{before}{row_id}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_ID]).partition(str(_ID))
    return before, after
