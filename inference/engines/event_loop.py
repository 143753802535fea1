"""An event loop in a thread of its own, for callers that are threads themselves."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Started with the first coroutine; a daemon, so that it never holds the process up."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Cancelling what comes back cancels the coroutine where it waits."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._running())

    def result(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What it gives, waited for; raises what it raises."""
        return self.submit(coroutine).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name=self._name, daemon=True).start()
            return self._loop
