"""Kept work on the part of a prompt that every question on a video shares: least recently used goes first."""

from collections import OrderedDict

from inference.engines.local.kv_slots import KvPrefix

# The visual input's key, the shared token ids, and where among them the visual rows stand.
PrefixKey = tuple[str, tuple[int, ...], int]


class PrefixCache:
    """Bounded by bytes. Used by one thread."""

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[PrefixKey, KvPrefix] = OrderedDict()
        self.num_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: PrefixKey) -> KvPrefix | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: PrefixKey, prefix: KvPrefix) -> None:
        if key in self._kept or prefix.num_bytes > self._max_bytes:
            return
        self._kept[key] = prefix
        self.num_bytes += prefix.num_bytes
        while self.num_bytes > self._max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self.num_bytes -= dropped.num_bytes
