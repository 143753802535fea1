"""ffmpeg's progress lines become counted frames."""

from inference.media.transcode import ProgressReader
from inference.progress import Progress


def reader_and_reports(total: int) -> tuple[ProgressReader, list[Progress]]:
    reports: list[Progress] = []
    return ProgressReader(total=total, report=reports.append), reports


def test_lines_may_arrive_in_pieces() -> None:
    reader, reports = reader_and_reports(total=100)
    for piece in (b"fra", b"me=10\nfps=2", b"5.0\nframe=20\nprogress=cont", b"inue\n"):
        reader.feed(piece)
    assert [report.done for report in reports] == [10, 20]
    assert {report.unit for report in reports} == {"frames"}


def test_it_never_goes_back_or_past_the_total() -> None:
    reader, reports = reader_and_reports(total=30)
    reader.feed(b"frame=20\nframe=10\nframe=25\nframe=400\nframe=N/A\n")
    reader.finish()
    assert [report.done for report in reports] == [20, 25, 30]


def test_it_ends_at_the_total_even_if_the_source_held_less() -> None:
    reader, reports = reader_and_reports(total=100)
    reader.feed(b"frame=42\n")
    reader.finish()
    assert reports[-1] == Progress(done=100, total=100, unit="frames")
