"""When the next picture is read: at a change, not too soon after the last reading, and now and then in any case."""

# Reading each keyframe would cost more than encoding the whole video.
READ_EVERY_S = 20.0
READ_AGAIN_S = 4.0


class ReadingSchedule:
    """A change that brought nothing new makes the next one wait twice as long: a still scene is not read for ever."""

    def __init__(self) -> None:
        self._read_at_s: float | None = None
        self._wait_s = READ_AGAIN_S

    def is_due(self, time_s: float, *, has_changed: bool) -> bool:
        if self._read_at_s is None:
            return True
        waited_s = time_s - self._read_at_s
        return waited_s >= (self._wait_s if has_changed else READ_EVERY_S)

    def was_read(self, time_s: float, *, has_news: bool) -> None:
        self._read_at_s = time_s
        self._wait_s = READ_AGAIN_S if has_news else min(READ_EVERY_S, 2 * self._wait_s)
