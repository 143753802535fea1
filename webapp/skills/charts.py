"""A line over time as places in a small drawing; the template makes it SVG."""

from dataclasses import dataclass

from webapp.skills.sharing import Line, Peers, Point, Trend

WIDTH_PX, HEIGHT_PX, LEFT_PX, PAD_PX = 320, 120, 26, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    name: str
    words: str
    points: list[tuple[float, float, Point]]
    ticks: list[tuple[int, float]]
    band: tuple[float, float] | None
    middle_px: float
    peers: Peers | None
    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y, _point in self.points)


def chart_of(trend: Trend, line: Line) -> Chart:
    def place(score: float) -> float:
        share = (score - trend.score_min) / max(1, trend.score_max - trend.score_min)
        return round(HEIGHT_PX - PAD_PX - share * (HEIGHT_PX - 2 * PAD_PX), 1)

    peers = line.peers
    told = ", ".join(f"{point.at:%d %B %Y}: {point.score:g}" for point in line.points)
    return Chart(
        name=line.name,
        words=f"{line.name} over time: {told}",
        points=[(x, place(point.score), point) for x, point in zip(_across(line.points), line.points, strict=True)],
        ticks=[(score, place(score)) for score in range(trend.score_min, trend.score_max + 1)],
        band=(place(peers.high), round(max(2.0, place(peers.low) - place(peers.high)), 1)) if peers else None,
        middle_px=place(peers.middle) if peers else 0.0,
        peers=peers,
    )


def _across(points: list[Point]) -> list[float]:
    """By time; points of one day stand apart all the same."""
    room = WIDTH_PX - LEFT_PX - PAD_PX
    if len(points) < 2:
        return [LEFT_PX + room / 2 for _point in points]
    first, last = points[0].at, points[-1].at
    whole_s = (last - first).total_seconds()
    if whole_s < 24 * 3600 * len(points):
        return [round(LEFT_PX + room * index / (len(points) - 1), 1) for index in range(len(points))]
    return [round(LEFT_PX + room * (point.at - first).total_seconds() / whole_s, 1) for point in points]
