"""The cache, which may be away: what it held is then unknown, and nothing else changes.

It holds only what may be lost: how often an address or a token tried something lately (the locks of accounts are in
the database), and which look at a video is already in the audit log.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate["ForgivingRedisCache", P], T]


def count(key: str, *, keep_s: int) -> int:
    """How often this was called with the key within `keep_s` of the first time. 0: not known."""
    kept = caches["default"]
    return kept.count(key, keep_s=keep_s) if isinstance(kept, ForgivingRedisCache) else 0


def _or(fallback: Any) -> Callable[[Method[P, T]], Method[P, T]]:
    def decorate(method: Method[P, T]) -> Method[P, T]:
        @wraps(method)
        def forgiving(cache: "ForgivingRedisCache", /, *args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return method(cache, *args, **kwargs)
            except (RedisError, OSError) as error:
                logger.warning("the cache did not answer: %s", error)
                result: T = fallback
                return result

        return forgiving

    return decorate


class OneClient(RedisCacheClient):
    """Django builds a client of the connection pool for every call, which takes longer than the call."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._built: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._built:
            self._built[write] = super().get_client(key, write=write)
        return self._built[write]


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient

    @_or(True)
    def add(self, *args: Any, **kwargs: Any) -> bool:
        """True: as far as anybody can tell, the key is new."""
        return super().add(*args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            logger.warning("the cache did not answer: %s", error)
            return default

    @_or({})
    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return super().get_many(*args, **kwargs)

    @_or([])
    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return super().set_many(*args, **kwargs)

    @_or(None)
    def set(self, *args: Any, **kwargs: Any) -> None:
        super().set(*args, **kwargs)

    @_or(0)
    def count(self, key: str, *, keep_s: int) -> int:
        """One way there and back, but for the first time. Who dies just then leaves one number behind."""
        name = self.make_and_validate_key(key)
        client = self._cache.get_client(name, write=True)
        counted = int(client.incr(name))
        if counted == 1:
            client.expire(name, keep_s)
        return counted

    @_or(False)
    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return super().touch(*args, **kwargs)

    @_or(False)
    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return super().delete(*args, **kwargs)
