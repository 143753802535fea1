"""From where this server fetches videos by itself: DEBRIEF_FETCH_STORES, read by webapp/settings.py alone.

A comma list of HOSPITAL@PLACE. HOSPITAL is a hospital's slug, or * for all of them. PLACE is the beginning of an
address (`https://store.clinic.example/recordings/`), or a folder that is mounted here, under a name (`theatre=/mnt/t`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

EVERYBODY = "*"
SCHEME = "store"
_ENTRY = re.compile(r"(?P<hospital>\*|[a-z0-9_-]+)@((?P<url>https?://.+)|(?P<name>[a-z0-9-]+)=(?P<folder>/.*))")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """`url` of a store that is asked over HTTP, else `folder`, which callers know by `name`."""

    hospital: str
    url: str = ""
    name: str = ""
    folder: Path | None = None

    def is_for(self, hospital: str) -> bool:
        return self.hospital in (EVERYBODY, hospital)

    def holds(self, address: str) -> bool:
        """Whether `address` lies in it, by its words alone. Whatever climbs, or hides that it may, lies in none."""
        try:
            asked, own = urlsplit(address), urlsplit(self.url or f"{SCHEME}:{self.name}/")
            is_there = _host(asked) == _host(own)
        except ValueError:
            return False
        if not is_there or asked.scheme != own.scheme or asked.fragment or _climbs(asked.path):
            return False
        return asked.path.startswith(own.path) and asked.path != own.path


def stores_read(entries: list[str]) -> tuple[Store, ...]:
    """Raises ImproperlyConfigured."""
    return tuple(_store(entry) for entry in entries)


def unsafe_stores(stores: tuple[Store, ...]) -> Iterator[str]:
    for store in stores:
        if store.url.startswith("http://"):
            yield f"https:// for the store {store.url}, since recordings come from there"


def _store(entry: str) -> Store:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ImproperlyConfigured(f"DEBRIEF_FETCH_STORES has {entry!r}, which is no HOSPITAL@PLACE.")
    if found["folder"]:
        return Store(hospital=found["hospital"], name=found["name"], folder=Path(found["folder"]))
    url = found["url"] if urlsplit(found["url"]).path.endswith("/") else f"{found['url']}/"
    return Store(hospital=found["hospital"], url=url)


def _climbs(path: str) -> bool:
    """Also what servers may take for a step up after decoding once more."""
    decoded = unquote(unquote(path))
    return "\\" in decoded or any(part in (".", "..") for part in decoded.split("/")) or "%2f" in path.lower()


def _host(parts: SplitResult) -> tuple[str, int | None, str | None]:
    """Raises ValueError for a port that is none."""
    return (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme), parts.username
