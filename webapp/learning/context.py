"""Whether a page's person runs the training: `is_trainer`, asked only where a page draws its navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from webapp.accounts.selectors import membership_get
from webapp.learning.trainers import is_trainer
from webapp.lib.errors import PermissionRefused


def training(request: HttpRequest) -> dict[str, Any]:
    return {"is_trainer": SimpleLazyObject(lambda: _is_trainer(request))}


def _is_trainer(request: HttpRequest) -> bool:
    try:
        return is_trainer(membership_get(request.user))
    except PermissionRefused:
        return False
