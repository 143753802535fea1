"""`manage.py demo_accounts [--json]`: makes the demo hospital and its people once, and shows their passwords."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from webapp.accounts.demo import DemoAccount, demo_accounts_ensure
from webapp.lib.commands import DatabaseCommand


class Command(DatabaseCommand):
    help = "Creates the demo hospital with a surgeon, a reviewer and an administrator. Does nothing in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON array")
        parser.add_argument("--quiet", action="store_true", help="print nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            self.stderr.write("Not made: this is production. Use `manage.py hospital_create`.")
            return
        kept_at = settings.VAR_DIR / "demo_accounts.json"
        accounts = demo_accounts_ensure(kept_at)
        if options["json"]:
            self.stdout.write(json.dumps(accounts, indent=2))
        elif not options["quiet"]:
            self.stdout.write("\n".join(_line(account) for account in accounts))


def _line(account: DemoAccount) -> str:
    return f"{account['role']:<10} {account['email']:<26} {account['password']}"
