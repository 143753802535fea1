"""What the API adds to the selectors below it, with many videos: `python -m bench.api [VIDEOS]`.

A hospital with that many videos in SQLite; the list of 50 and one video, by the selector alone and by the whole API in
this process (routes, middleware, token, quota, audit look, JSON). The two take turns; lower quartiles and their ratio,
on the clock and in this process's own processor time, which a busy machine leaves alone.
"""

import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = 60
PAGE = 50


def main(num_videos: int) -> None:
    prepare()
    from django.test import Client

    from tests.integration.api.caller import token_of
    from webapp.accounts.actors import page_actor
    from webapp.videos.models import Video
    from webapp.videos.selectors import video_get_for_actor, video_list_for_actor

    logging.disable(logging.INFO)
    user = seed(num_videos)
    client, headers = Client(), {"Authorization": f"Bearer {token_of(user)}"}
    one = Video.objects.order_by("created_at")[num_videos // 2].pk

    def ask(path: str) -> Any:
        response = client.get(path, headers=headers)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    compare(
        f"list of {PAGE}",
        lambda: list(video_list_for_actor(page_actor(user))[: PAGE + 1]),
        lambda: ask(f"/api/v1/videos?limit={PAGE}"),
    )
    compare("one video", lambda: video_get_for_actor(page_actor(user), one), lambda: ask(f"/api/v1/videos/{one}"))


def compare(words: str, selector: Callable[[], Any], api: Callable[[], Any]) -> None:
    for _ in range(5):
        selector(), api()
    calls = {"selector": selector, "API": api}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(_timed(call))
    # Others work on this machine too: the lower quartile is what the code itself takes.
    for kind, column in (("on the clock", 0), ("of this processor", 1)):
        alone, whole = (statistics.quantiles([row[column] for row in times[name]], n=4)[0] for name in calls)
        ratio = f"x{whole / alone:.2f}, {whole - alone:+.2f} ms"
        print(f"{words:12} {kind:18} selector {alone:6.2f} ms, API {whole:6.2f} ms: {ratio}")


def _timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds that passed, and those that this process computed: without the cache's part and without waiting."""
    started_s, computed_s = time.perf_counter(), time.process_time()
    call()
    return 1000 * (time.perf_counter() - started_s), 1000 * (time.process_time() - computed_s)


def prepare() -> None:
    """A database, a store and a Redis of its own."""
    from tests.environment import start_redis

    folder = Path(tempfile.mkdtemp(prefix="debrief-bench-api-"))
    (folder / "static").mkdir()
    os.environ.update(
        DEBRIEF_VAR=str(folder),
        DEBRIEF_SECRET_KEY="only-for-this-bench-" + "x" * 40,
        DEBRIEF_API_REQUESTS_PER_MINUTE="1000000",
        DEBRIEF_ALLOWED_HOSTS="testserver,localhost",
        DJANGO_SETTINGS_MODULE="webapp.settings",
        REDIS_URL=start_redis(),
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def seed(num_videos: int) -> Any:
    from django.utils import timezone

    from tests.factories import MembershipFactory
    from webapp.videos.models import Content, Video

    member = MembershipFactory(role="reviewer")
    owners = [MembershipFactory(hospital=member.hospital).user for _ in range(20)]
    now = timezone.now()
    contents = Content.objects.bulk_create(
        Content(hospital=member.hospital, sha256=f"{number:064x}", size_bytes=10**9, duration_s=3600.0, prepared_at=now)
        for number in range(num_videos)
    )
    Video.objects.bulk_create(
        Video(
            content=content,
            hospital=member.hospital,
            owner=owners[number % len(owners)],
            title=f"Operation {number}",
            original_filename=f"case_{number}.mp4",
            status="ready",
            created_at=now - timezone.timedelta(minutes=number),
        )
        for number, content in enumerate(contents)
    )
    return member.user


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
