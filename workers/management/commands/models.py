"""`manage.py models list|verify|activate|revoke|fetch`: which models there are, whether they are whole, and which work.

Everything but reading is in the audit log of the site. Running workers load what was activated by themselves.
"""

from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from inference.errors import InferenceError
from inference.models.artifact import verify_files
from inference.models.catalogue import CATALOGUE, DEFAULT, base_model_named
from inference.models.fetch import fetch_or_smaller
from inference.models.manifest import manifest_path
from inference.progress import Progress
from webapp.accounts.actors import command_actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.learning.promotions import require_gate_passed
from webapp.lib.commands import DatabaseCommand
from webapp.lib.errors import ApplicationError
from webapp.registry.selectors import active_models, model_versions
from webapp.registry.services import model_register, model_revoke, models_activate
from workers.artifacts import Artifact, artifacts_on_disk

T = TypeVar("T")
COLUMNS = "{state:<10} {kind:<16} {version:<13} {title:<32} {note}"


class Command(DatabaseCommand):
    help = "Lists, verifies, activates, revokes and fetches models. Exits with 1 if something is not as it should be."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="do", required=True)
        commands.add_parser("list", help="every version on this machine or in the registry, and which are active")
        verify = commands.add_parser("verify", help="compare every file on this machine with its manifest")
        verify.add_argument("versions", nargs="*", metavar="VERSION", help="as `list` shows them; all without")
        activate = commands.add_parser("activate", help="make versions the active ones of their kinds, all or none")
        activate.add_argument("versions", nargs="+", metavar="VERSION")
        revoke = commands.add_parser("revoke", help="a version that must never work again")
        revoke.add_argument("version", metavar="VERSION")
        revoke.add_argument("--reason", required=True)
        fetch = commands.add_parser("fetch", help="make base models ready; without a name the configured ones")
        fetch.add_argument("names", nargs="*", metavar="NAME", help=", ".join(model.name for model in CATALOGUE))

    def handle(self, *_args: Any, **options: Any) -> None:
        work = {
            "list": self._list,
            "verify": self._verify,
            "activate": self._activate,
            "revoke": self._revoke,
            "fetch": self._fetch,
        }
        try:
            work[options["do"]](options)
        except (InferenceError, ApplicationError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database does not answer as it should ({error}): `manage.py migrate`?") from error

    def _list(self, _options: dict[str, Any]) -> None:
        rows = {(row.kind, row.name, row.sha256): row for row in model_versions()}
        self.stdout.write(COLUMNS.format(state="state", kind="kind", version="version", title="model", note="where"))
        for artifact in artifacts_on_disk():
            facts = artifact.facts
            row = rows.pop((facts.kind, facts.name, facts.sha256), None)
            self._line(row.state if row else "new", facts.kind, facts.version, facts.title, artifact.location)
        for row in rows.values():
            where = "not on this machine" if row.sha256 else "behind a server"
            self._line(row.state, row.kind, row.version, row.title, where)
        for model in CATALOGUE:
            if not (settings.MODELS_DIR / model.name).is_dir():
                self._line("absent", "base", "", model.title, f"manage.py models fetch {model.name}")

    def _line(self, state: str, kind: str, version: str, title: str, note: str) -> None:
        self.stdout.write(COLUMNS.format(state=state, kind=kind, version=version or "-", title=title, note=note))

    def _verify(self, options: dict[str, Any]) -> None:
        wanted = [_on_disk(version) for version in options["versions"]] or artifacts_on_disk()
        problems = [problem for artifact in wanted if (problem := self._verify_one(artifact))]
        active = {pointer.version.sha256: pointer.version for pointer in active_models().values()}
        if not options["versions"]:
            there = {artifact.manifest.sha256 for artifact in wanted}
            gone = [version for sha256, version in active.items() if sha256 and sha256 not in there]
            problems += [f"{version} is active and not on this machine" for version in gone]
        audit_record(
            action=Action.MODEL_VERIFY, actor=command_actor(), detail={"models": len(wanted), "problems": problems}
        )
        if problems:
            raise CommandError("; ".join(problems))
        self.stdout.write(f"{len(wanted)} models are as their manifests say.")

    def _verify_one(self, artifact: Artifact) -> str:
        """What is wrong with it; empty if nothing is."""
        try:
            verify_files(artifact.manifest, manifest_path(artifact.path).parent)
        except InferenceError as error:
            self.stdout.write(f"BAD {artifact.location}: {error}")
            return str(error)
        self.stdout.write(f"ok  {artifact.location}")
        return ""

    def _activate(self, options: dict[str, Any]) -> None:
        artifacts = [_on_disk(version) for version in options["versions"]]
        for artifact in artifacts:
            if artifact.manifest.kind == "base":
                raise CommandError("The base model of answers is named by DEBRIEF_ANSWER_MODEL, not by a pointer.")
            verify_files(artifact.manifest, manifest_path(artifact.path).parent)
        versions = [model_register(artifact.facts, actor=command_actor()) for artifact in artifacts]
        for version in versions:
            require_gate_passed(version)
        # What works unchosen goes on following the releases.
        is_by_hand = not all(version.works_unchosen for version in versions)
        models_activate(versions, is_by_hand=is_by_hand, actor=command_actor())
        for version in versions:
            self.stdout.write(f"{version.get_kind_display()} {version} is active; running workers load it now.")

    def _revoke(self, options: dict[str, Any]) -> None:
        found = [row for row in model_versions() if row.version.startswith(options["version"])]
        version = _only(found, options["version"])
        model_revoke(version, reason=options["reason"], actor=command_actor())
        self.stdout.write(f"{version.get_kind_display()} {version} is revoked.")

    def _fetch(self, options: dict[str, Any]) -> None:
        """A model that was asked for by name has to come; the configured ones may cost quality, never the start."""
        notes: list[str] = []
        for name in options["names"] or [DEFAULT.name, *settings.BASE_MODELS]:
            notes += self._fetch_one(name)
        if notes and options["names"]:
            raise CommandError(" ".join(notes))
        for note in notes:
            self.stderr.write(note)

    def _fetch_one(self, wanted: str) -> tuple[str, ...]:
        """What had to be replaced by a smaller model."""
        name, _equals, path = wanted.partition("=")
        model = base_model_named(name)
        sources = configured_sources() | ({model.name: Path(path)} if path else {})
        fetched = fetch_or_smaller(model, settings.MODELS_DIR, sources=sources, report=self._count)
        detail = {"asked": model.name, "model": fetched.model.name, "sha256": fetched.model.gguf_sha256}
        audit_record(
            action=Action.MODEL_FETCH,
            actor=command_actor(),
            object_type="model",
            detail=detail | {"notes": list(fetched.notes)},
        )
        self.stdout.write(f"{fetched.model.title} is ready in {fetched.folder}.")
        return fetched.notes

    def _count(self, progress: Progress) -> None:
        self.stdout.write(f"{progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB")


def configured_sources() -> dict[str, Path]:
    """What a site brings itself, by the model's name: the NAME=PATH of DEBRIEF_BASE_MODELS."""
    pairs = (entry.partition("=") for entry in settings.BASE_MODELS)
    return {base_model_named(name).name: Path(path) for name, equals, path in pairs if equals}


def _on_disk(version: str) -> Artifact:
    return _only([found for found in artifacts_on_disk() if found.manifest.version.startswith(version)], version)


def _only(found: list[T], version: str) -> T:
    if len(found) == 1:
        return found[0]
    what = "no model" if not found else f"{len(found)} models"
    raise CommandError(f"There is {what} with version {version}: `manage.py models list` names them.")
