"""How many notices wait: `num_notices`, counted only where a page asks."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from webapp.accounts.models import User
from webapp.notices.selectors import count_unread


def notices(request: HttpRequest) -> dict[str, Any]:
    return {"num_notices": SimpleLazyObject(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return count_unread(user) if isinstance(user, User) else 0
