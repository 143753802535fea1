"""`manage.py audit_verify`: exits with 1 and names the first broken row of each broken chain."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from webapp.accounts.models import Hospital
from webapp.audit.verify import Anchor, ChainReport, chains_verify
from webapp.lib.commands import DatabaseCommand


class Command(DatabaseCommand):
    help = (
        "Checks every audit chain: changed, deleted, inserted rows and a cut-off tail. Someone who can write to the "
        "database freely could rewrite a chain together with its head; only an anchor kept elsewhere shows that."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", type=Path, metavar="FILE", help="also compare with this earlier anchor")
        parser.add_argument("--write-anchor", type=Path, metavar="FILE", help="if unbroken, write the heads here")
        parser.add_argument("--json", action="store_true", help="print one JSON array")

    def handle(self, *args: Any, **options: Any) -> None:
        anchors = _read_anchors(options["anchor"]) if options["anchor"] else {}
        # One transaction, so that rows added meanwhile do not look like a head without its row.
        with transaction.atomic():
            reports = list(chains_verify(anchors))
        self._print(reports, as_json=options["json"])
        if not all(report.is_unbroken for report in reports):
            sys.exit(1)
        if options["write_anchor"]:
            _write_anchors(options["write_anchor"], reports)

    def _print(self, reports: list[ChainReport], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([_as_row(report) for report in reports], indent=2))
            return
        names = {str(pk): name for pk, name in Hospital.objects.values_list("pk", "name")}
        for report in reports:
            chain = names.get(report.hospital_id) or report.hospital_id or "the site itself"
            if report.is_unbroken:
                self.stdout.write(f"{chain}: {report.num_rows} rows, unbroken, head {report.head_hash[:16]}")
            else:
                self.stderr.write(f"{chain}: BROKEN at row {report.broken_sequence}: {report.problem}")
        if not reports:
            self.stdout.write("The audit log is empty.")


def _as_row(report: ChainReport) -> dict[str, object]:
    return {
        "hospital_id": report.hospital_id,
        "num_rows": report.num_rows,
        "head_hash": report.head_hash,
        "is_unbroken": report.is_unbroken,
        "broken_sequence": report.broken_sequence,
        "problem": report.problem,
    }


def _read_anchors(path: Path) -> dict[str, Anchor]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(hospital_id): Anchor(sequence=int(anchor["sequence"]), hash=str(anchor["hash"]))
            for hospital_id, anchor in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{path} cannot be read as an anchor: {error}") from error


def _write_anchors(path: Path, reports: list[ChainReport]) -> None:
    anchors = {
        report.hospital_id: Anchor(sequence=report.num_rows, hash=report.head_hash)
        for report in reports
        if report.num_rows
    }
    path.write_text(json.dumps(anchors, indent=2) + "\n", encoding="utf-8")
