"""`manage.py hospital_create "St Elsewhere" --admin EMAIL`: a new tenant, whose administrator adds everyone else."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from webapp.accounts.actors import command_actor
from webapp.accounts.links import password_link_path
from webapp.accounts.models import Membership
from webapp.accounts.services import hospital_create, user_create
from webapp.lib.commands import DatabaseCommand
from webapp.lib.errors import ApplicationError


class Command(DatabaseCommand):
    help = "Creates a hospital and its first administrator, and prints a one-time link to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument("--admin-name", default="")
        parser.add_argument("--base-url", default="", help="for example https://debrief.example.org")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                hospital = hospital_create(name=options["name"], actor=command_actor())
                admin = user_create(
                    email=options["admin"],
                    password=None,
                    name=options["admin_name"],
                    hospital=hospital,
                    role=Membership.Role.ADMIN,
                    actor=command_actor(),
                )
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{hospital.name} is ready. {admin.email} sets a password here, once:")
        self.stdout.write(options["base_url"].rstrip("/") + password_link_path(admin))
