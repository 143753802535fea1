"""Where the sets about skill lie: under the data folder's `skill`, or in whatever folder above them a caller names."""

from pathlib import Path

PARENT = "skill"


def skill_folder(data: Path, name: str) -> Path:
    """`data` : the data folder, its `skill` folder, or the set itself. Raises FileNotFoundError where none holds it."""
    for folder in (data / PARENT / name, data / name, data):
        if folder.is_dir() and (folder.name == name or folder != data):
            return folder
    raise FileNotFoundError(2, "no such data set", str(data / PARENT / name))
