"""webapp asks for work by name; a name that no worker knows would wait for ever."""

from webapp.jobs.models import Job
from webapp.jobs.queue import TASKS, celery_app


def registered_tasks() -> set[str]:
    from workers import beat_tasks  # noqa: F401  # registers the clock's own
    from workers.gpu import app

    app.loader.import_default_modules()
    return set(app.tasks)


def test_each_name_in_the_queue_is_a_registered_task() -> None:
    assert {name for name, _queue in TASKS.values()} <= registered_tasks()


def test_each_periodic_task_is_registered() -> None:
    assert {entry["task"] for entry in celery_app().conf.beat_schedule.values()} <= registered_tasks()


def test_each_stage_of_each_kind_has_a_task() -> None:
    ingest = {(Job.Kind.INGEST, stage) for stage in ("probe", "transcode", "features", "timeline")}
    assert set(TASKS) >= ingest | {(Job.Kind.ANSWER, "answer")}
