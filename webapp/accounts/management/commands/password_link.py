"""`manage.py password_link EMAIL`: for an administrator who is locked out and has nobody to ask."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from webapp.accounts.actors import command_actor
from webapp.accounts.models import User
from webapp.accounts.services import user_make_password_link
from webapp.lib.commands import DatabaseCommand


class Command(DatabaseCommand):
    help = "Prints a one-time link with which a person sets a new password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--base-url", default="", help="for example https://debrief.example.org")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"No active account has the address {options['email']}.")
        self.stdout.write(options["base_url"].rstrip("/") + user_make_password_link(user=user, actor=command_actor()))
