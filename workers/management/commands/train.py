"""`manage.py train llava_surg|vision ...`: the training programs, with this installation's data and models."""

import importlib
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from webapp.audit.actions import Action
from webapp.audit.commands import audit_command
from webapp.lib.commands import DatabaseCommand

PROGRAMS = {"llava_surg": "inference.llava_surg.training.train", "vision": "inference.vision.training.train"}


class Command(DatabaseCommand):
    help = "Runs a training program. What follows the name is its own: `manage.py train llava_surg -- --out DIR`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("program", choices=sorted(PROGRAMS))
        parser.add_argument("arguments", nargs="*", metavar="-- ARGUMENTS")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DATA_DIR.is_dir():
            raise CommandError(f"There is no training data at {settings.DATA_DIR}: set DEBRIEF_DATA.")
        audit_command(Action.COMMAND_TRAIN, program=options["program"])
        given = ["--data", str(settings.DATA_DIR)]
        if options["program"] == "llava_surg":
            given += ["--models", str(settings.MODELS_DIR)]
        importlib.import_module(PROGRAMS[options["program"]]).main([*given, *options["arguments"]])
