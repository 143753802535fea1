"""A web process whose library holds one ready video, made without any worker: for tests of the page itself."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from tests.webserver import WebServer

EMAIL, PASSWORD = "page@example.org", "correct-horse-battery"
COLLEAGUE, ADMIN = "colleague@example.org", "admin@example.org"
TITLE = "Lap. cholecystectomy"
DURATION_S = 10
FACTS = (
    ("phase", "preparation", 0, 4, 0.91),
    ("phase", "gallbladder-dissection", 4, 10, 0.62),
    ("instrument", "grasper", 1, 6, 0.82),
    ("instrument", "hook", 2, 9, 0.7),
    ("verb", "dissect", 3, 8, 0.4),
)
ANSWER = "The grasper is seen [[t=0.5-1]] and the **hook** [[t=1-2]]. " * 6
SPRITE = {"interval_s": 1.0, "columns": 5, "num_tiles": 10, "tile_width_px": 160, "tile_height_px": 90}


class Shelf:
    """The server and its one video."""

    def __init__(self, var: Path) -> None:
        self.server = WebServer(var)
        self.video_id = ""

    @property
    def video_path(self) -> str:
        return f"/videos/{self.video_id}/"

    def open(self) -> None:
        (self.server.var / "static").mkdir(parents=True, exist_ok=True)
        self.server.python("manage.py", "migrate", "-v", "0")
        self.video_id = self.server.python("-m", "tests.e2e.shelf", "video").split()[-1]
        self.server.start()

    def add_turns(self, number: int) -> None:
        """Finished questions and answers after those that are there."""
        self.server.python("-m", "tests.e2e.shelf", "turns", self.video_id, str(number))

    def add_colleague(self) -> None:
        """COLLEAGUE sees the video too."""
        self.server.python("-m", "tests.e2e.shelf", "colleague", self.video_id)

    def add_videos(self, *titles: str) -> None:
        """Ready ones beside the first, without files."""
        self.server.python("-m", "tests.e2e.shelf", "videos", self.video_id, *titles)

    def add_preparing(self) -> str:
        """The path of a video whose copy is made and in which models still look for what there is."""
        return f"/videos/{self.server.python('-m', 'tests.e2e.shelf', 'preparing', self.video_id).split()[-1]}/"

    def add_admin(self) -> None:
        """ADMIN, of the same hospital."""
        self.server.python("-m", "tests.e2e.shelf", "admin", self.video_id)

    def close(self) -> None:
        self.server.stop()
        shutil.rmtree(self.server.var, ignore_errors=True)


def make_video() -> str:
    from django.contrib.auth.hashers import make_password

    from tests.e2e.steps import make_clip
    from tests.factories import MembershipFactory, VideoFactory
    from webapp.lib.storage import content_paths
    from webapp.videos.timelines import FactFields, timeline_add

    size = {"width_px": 640, "height_px": 360, "num_frames": 25 * DURATION_S, "duration_s": float(DURATION_S)}
    owner = MembershipFactory(user__email=EMAIL, user__password=make_password(PASSWORD)).user
    video = VideoFactory(owner=owner, title=TITLE, **{f"content__{name}": value for name, value in size.items()})
    paths = content_paths(video.hospital_id, video.content.sha256)
    paths.root.mkdir(parents=True)
    make_clip(paths.proxy, duration_s=DURATION_S)
    draw(paths.proxy, paths.poster, "-frames:v", "1")
    draw(paths.proxy, paths.sprite, "-vf", "fps=1,scale=160:90,tile=5x2", "-frames:v", "1")
    paths.sprite_index.write_text(json.dumps(SPRITE))
    facts = [
        FactFields(lane=lane, label=label, start_s=start_s, end_s=end_s, probability=probability)
        for lane, label, start_s, end_s, probability in FACTS
    ]
    timeline_add(video.content, made_by={"encoder": "test"}, facts=facts)
    return str(video.pk)


def draw(video: Path, picture: Path, *options: str) -> None:
    from inference.media.ffmpeg import find_ffmpeg

    command = [find_ffmpeg().path, "-y", "-loglevel", "error", "-i", str(video), *options, str(picture)]
    subprocess.run(command, check=True)


def make_colleague(video_id: str) -> None:
    from django.contrib.auth.hashers import make_password

    from tests.factories import MembershipFactory
    from webapp.videos.models import Video

    hospital = Video.objects.get(pk=video_id).hospital
    MembershipFactory(hospital=hospital, role="reviewer", user__email=COLLEAGUE, user__password=make_password(PASSWORD))


def make_videos(video_id: str, titles: list[str]) -> None:
    from tests.factories import VideoFactory
    from webapp.videos.models import Video

    owner = Video.objects.get(pk=video_id).owner
    for title in titles:
        VideoFactory(owner=owner, title=title, status="ready", content__sha256=new_sha256())


def new_sha256() -> str:
    """Factories count anew in each process."""
    return secrets.token_hex(32)


def make_preparing(video_id: str) -> str:
    from tests.factories import JobFactory, VideoFactory
    from webapp.lib.storage import content_paths
    from webapp.videos.models import Video

    first = Video.objects.get(pk=video_id)
    job = JobFactory(owner=first.owner, hospital=first.hospital, stage="features", status="running", done=3, total=10)
    video = VideoFactory(
        owner=first.owner,
        title="Still looked at",
        status="processing",
        job=job,
        content__sha256=new_sha256(),
        content__duration_s=float(DURATION_S),
    )
    made, paths = (content_paths(v.hospital_id, v.content.sha256) for v in (first, video))
    paths.root.mkdir(parents=True)
    for name in ("proxy", "poster", "sprite", "sprite_index"):
        shutil.copy(getattr(made, name), getattr(paths, name))
    return str(video.pk)


def make_admin(video_id: str) -> None:
    from django.contrib.auth.hashers import make_password

    from tests.factories import MembershipFactory
    from webapp.videos.models import Video

    hospital = Video.objects.get(pk=video_id).hospital
    MembershipFactory(hospital=hospital, role="admin", user__email=ADMIN, user__password=make_password(PASSWORD))


def make_turns(video_id: str, number: int) -> None:
    from webapp.conversations.models import Answer, Conversation, Question
    from webapp.videos.models import Video

    video = Video.objects.get(pk=video_id)
    conversation, _ = Conversation.objects.get_or_create(video=video, owner=video.owner)
    parent = conversation.active_answer
    for index in range(number):
        question = Question.objects.create(conversation=conversation, parent=parent, text=f"Question {index}: what?")
        parent = Answer.objects.create(question=question, status="finished", text=ANSWER, model_name="test model")
    conversation.active_answer = parent
    conversation.save()


def boot() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    django.setup()


if __name__ == "__main__":
    boot()
    if sys.argv[1] == "video":
        print(make_video())
    elif sys.argv[1] == "colleague":
        make_colleague(sys.argv[2])
    elif sys.argv[1] == "videos":
        make_videos(sys.argv[2], sys.argv[3:])
    elif sys.argv[1] == "preparing":
        print(make_preparing(sys.argv[2]))
    elif sys.argv[1] == "admin":
        make_admin(sys.argv[2])
    else:
        make_turns(sys.argv[2], int(sys.argv[3]))
