"""How often a token may ask, told as the draft of RateLimit headers has it (draft-ietf-httpapi-ratelimit-headers).

Counted in the cache by windows of a minute. Where the cache is away nobody is refused for it.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from webapp.api.errors import QuotaExceeded
from webapp.lib.cache import count
from webapp.lib.clients import client_ip

WINDOW_S = 60
POLICY = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What is left of the window in hand."""

    limit: int
    left: int
    reset_s: int

    def tell(self, response: HttpResponseBase) -> None:
        response["RateLimit-Policy"] = f'"{POLICY}";q={self.limit};w={WINDOW_S}'
        response["RateLimit"] = f'"{POLICY}";r={self.left};t={self.reset_s}'


def quota_use(caller: str, *, now_s: float | None = None) -> Quota:
    """Counts one request. `left` is -1 once there were too many."""
    now_s = time.time() if now_s is None else now_s
    window = int(now_s // WINDOW_S)
    limit: int = settings.API_REQUESTS_PER_MINUTE
    used = count(f"api-quota:{caller}:{window}", keep_s=2 * WINDOW_S)
    return Quota(limit=limit, left=max(-1, limit - used), reset_s=int((window + 1) * WINDOW_S - now_s) + 1)


def require_quota(quota: Quota) -> None:
    """Raises QuotaExceeded."""
    if quota.left < 0:
        raise QuotaExceeded(wait_s=quota.reset_s)


def caller_by_address(request: HttpRequest) -> str:
    """For who showed no token that is good: guessing is counted too."""
    return f"address:{client_ip(request)}"
