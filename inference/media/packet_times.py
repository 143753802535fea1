"""The times that a file's packets carry, read without decoding one. A header may lie; so may these: see timing.py."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
MISSING = -(2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketTimes:
    """One stream's packets in the order they lie in the file: (N,) float64 each, seconds, nan where none is stated."""

    presented_s: Seconds
    decoded_s: Seconds
    lasts_s: Seconds

    @property
    def num_packets(self) -> int:
        return len(self.decoded_s)

    def starts_s(self) -> Seconds:
        """When each packet is shown; where few say so, when it is decoded."""
        if np.isnan(self.presented_s).mean() > 0.5 if self.num_packets else True:
            return self.decoded_s
        return self.presented_s

    def end_s(self) -> float | None:
        """The latest moment that any packet speaks of."""
        ends_s = np.fmax(self.presented_s, self.decoded_s) + np.nan_to_num(self.lasts_s)
        ends_s = ends_s[~np.isnan(ends_s)]
        return float(ends_s.max()) if ends_s.size else None


def read_packet_times(container: Any, streams: Iterable[Any]) -> dict[int, PacketTimes]:
    """Reads the file to its end; by stream index. What an edit list hides is not counted."""
    rows = {stream.index: (stream, array("q"), array("q"), array("q")) for stream in streams}
    for packet in container.demux([stream for stream, *_columns in rows.values()]):
        if not packet.size or packet.is_discard:
            continue
        _stream, presented, decoded, lasts = rows[packet.stream_index]
        presented.append(MISSING if packet.pts is None else packet.pts)
        decoded.append(MISSING if packet.dts is None else packet.dts)
        lasts.append(packet.duration or MISSING)
    return {
        index: PacketTimes(
            presented_s=_seconds(presented, stream),
            decoded_s=_seconds(decoded, stream),
            lasts_s=_seconds(lasts, stream),
        )
        for index, (stream, presented, decoded, lasts) in rows.items()
    }


def _seconds(ticks: "array[int]", stream: Any) -> Seconds:
    values = np.asarray(ticks, dtype=np.int64)
    return np.where(values == MISSING, np.nan, values * float(stream.time_base))
