"""How often a picture is read."""

from inference.screen_text.schedule import READ_AGAIN_S, READ_EVERY_S, ReadingSchedule


def readings(schedule: ReadingSchedule, *, seconds: int, has_changed: bool, has_news: bool) -> list[int]:
    read = []
    for time_s in range(0, seconds, 2):
        if schedule.is_due(time_s, has_changed=has_changed):
            schedule.was_read(time_s, has_news=has_news)
            read.append(time_s)
    return read


def test_a_picture_without_changes_is_read_at_the_start_and_then_seldom() -> None:
    read = readings(ReadingSchedule(), seconds=61, has_changed=False, has_news=False)
    assert read == [0, 20, 40, 60]


def test_changes_that_bring_news_are_read_soon() -> None:
    read = readings(ReadingSchedule(), seconds=17, has_changed=True, has_news=True)
    assert read == [0, 4, 8, 12, 16]
    assert READ_AGAIN_S < READ_EVERY_S


def test_changes_that_bring_nothing_are_read_less_and_less() -> None:
    read = readings(ReadingSchedule(), seconds=200, has_changed=True, has_news=False)
    assert len(read) <= 2 + 200 / READ_EVERY_S
