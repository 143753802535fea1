"""`manage.py score PATH --reference PATH:LEVEL ... [--json]`: one video compared with references, in the foreground.

Files are read by the way that an upload takes; nothing is stored. What cannot be compared is told with its reason.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from inference.avbanet.levels import level_key, levels_found
from inference.avbanet.reference import Reference, SkillSequence
from inference.avbanet.score import SkillRefused, SkillScore, abstention
from inference.errors import InferenceError, MediaError
from webapp.lib.commands import DatabaseCommand
from webapp.lib.intended_use import FORMATIVE, INTENDED_USE
from workers.skill_files import sequence_of_file
from workers.skill_models import adapted

PROCEDURE = "as named by the caller"
USE = f"{FORMATIVE} {INTENDED_USE}"


class Command(DatabaseCommand):
    help = "Says which of a few reference videos a video resembles, and where."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("video", type=Path, metavar="PATH")
        parser.add_argument(
            "--reference", action="append", required=True, metavar="PATH:LEVEL", help="one of each level or more"
        )
        parser.add_argument("--encoder", type=Path, help="weights of another skill encoder than the one in use")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        given = [_reference(text) for text in options["reference"]]
        for path in (options["video"], *(path for path, _ in given)):
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        try:
            score = _scored(options["video"], given, options["encoder"])
        except InferenceError as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(json.dumps(_told(score)) if options["json"] else _lines(score))


def _reference(text: str) -> tuple[Path, str]:
    path, separator, level = text.rpartition(":")
    if not (path and separator and level):
        raise CommandError(f"A reference is PATH:LEVEL, and {text!r} is none.")
    return Path(path), level


def _scored(video: Path, given: Sequence[tuple[Path, str]], encoder: Path | None) -> SkillScore:
    spelled = {level_key(name): name for name in levels_found([level for _, level in given])}
    try:
        references = [
            Reference(key=key, sequence=_sequence(path), level=spelled[level_key(level)], procedure=PROCEDURE)
            for key, (path, level) in zip(_keys([path for path, _ in given]), given, strict=True)
        ]
        return adapted(references, levels=None, encoder=encoder).score(_sequence(video))
    except SkillRefused as refused:
        return abstention(refused.code, refused.sentence)


def _sequence(path: Path) -> SkillSequence:
    """Raises SkillRefused for a file that is no video that can be used."""
    try:
        return sequence_of_file(path)
    except MediaError as error:
        raise SkillRefused("unreadable", f"{path.name} cannot be read as a video: {error}") from error


def _keys(paths: Sequence[Path]) -> list[str]:
    """File names, or whole paths where two files have one name."""
    names = Counter(path.name for path in paths)
    return [path.name if names[path.name] == 1 else str(path) for path in paths]


def _told(score: SkillScore) -> dict[str, Any]:
    return {**score.to_json(), "intended_use": USE}


def _lines(score: SkillScore) -> str:
    lines = [f"abstained: {score.reason}"] if score.abstained else [f"resembles: {score.level}"]
    lines += [f"{level}: {share:.2f}" for level, share in score.probabilities.items()]
    for factor in score.factors:
        beside = ", ".join(f"{level} {value:.2f}" for level, value in factor.by_level.items())
        lines.append(f"{factor.name}: {factor.value:.2f} {factor.unit} ({beside})")
    return "\n".join([*lines, USE])
