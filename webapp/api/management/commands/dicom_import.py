"""`manage.py dicom_import FOLDER --owner EMAIL`: DICOM video objects that a recorder dropped into a folder.

What was taken is moved into FOLDER/done, what was refused into FOLDER/refused with the reason beside it.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from webapp.accounts.actors import command_actor
from webapp.accounts.models import User
from webapp.accounts.selectors import membership_get
from webapp.api.dicom.arrivals import dicom_read_all, dicom_videos_create
from webapp.lib.errors import ApplicationError


class Command(BaseCommand):
    help = "Takes DICOM video objects out of a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--owner", required=True, help="whose videos they become: the email of a member")

    def handle(self, *, folder: Path, owner: str, **_options: Any) -> None:
        user = User.objects.filter(email=owner.lower()).first()
        if user is None or not folder.is_dir():
            raise CommandError("There is no such person, or no such folder.")
        actor = command_actor(membership_get(user))
        for path in sorted(one for one in folder.iterdir() if one.is_file()):
            try:
                (video,) = dicom_videos_create(dicom_read_all([path]), actor=actor)
            except ApplicationError as error:
                _move(path, folder / "refused").with_suffix(".txt").write_text(f"{error.message}\n", encoding="utf-8")
                self.stderr.write(f"{path.name}: {error.message}")
            else:
                _move(path, folder / "done")
                self.stdout.write(f"{path.name}: {video.pk}")


def _move(path: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return path.rename(folder / path.name)
