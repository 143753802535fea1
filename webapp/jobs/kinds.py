"""Kinds of long-running work, as data. The app that owns a kind registers it in its `jobs.py`.

A job's row holds the names of its kind and stage as plain text, so a new kind needs no migration; what the names mean
is looked up here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum


class WorkQueue(StrEnum):
    """Who takes the work. ANSWERS is for what a person sits and waits for, BULK for what computes long with models."""

    MEDIA = "media"
    ANSWERS = "answers"
    BULK = "bulk"
    TRAIN = "train"


class UnknownKind(LookupError):
    """A row of a kind or a stage that this version does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`task` is the dotted name of a Celery task that takes (job_id, stage); `words` are shown while it runs."""

    name: str
    words: str
    task: str
    queue: WorkQueue

    @property
    def task_module(self) -> str:
        return self.task.rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """`retries`: how often a stage that met passing trouble, or whose worker died, is started again unasked."""

    name: str
    words: str
    stages: tuple[Stage, ...]
    words_when_lost: str
    retries: int = 0

    @property
    def first_stage(self) -> str:
        return self.stages[0].name

    def stage(self, name: str) -> Stage:
        """Raises UnknownKind."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise UnknownKind(f"{self.name} has no stage {name!r}")

    def is_forward(self, *, from_stage: str, to_stage: str) -> bool:
        names = [stage.name for stage in self.stages]
        return names.index(to_stage) > names.index(from_stage)


_kinds: dict[str, JobKind] = {}


def kind_register(kind: JobKind) -> JobKind:
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"there is another kind of job called {kind.name!r}")
    return kind


def kind_forget(kind: JobKind) -> None:
    _kinds.pop(kind.name, None)


def kind_get(name: str) -> JobKind:
    """Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError as error:
        raise UnknownKind(f"no kind of job is called {name!r}") from error


def kinds() -> tuple[JobKind, ...]:
    return tuple(_kinds.values())


def stages_on(queues: Collection[WorkQueue]) -> Iterator[tuple[JobKind, Stage]]:
    """Every stage that waits in one of these queues."""
    return ((kind, stage) for kind in kinds() for stage in kind.stages if stage.queue in queues)
