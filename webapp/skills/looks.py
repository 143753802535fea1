"""Who looked at a report, in the audit log: one row a visit, as of a video."""

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.visits import once_a_visit
from webapp.skills.models import SkillReport
from webapp.skills.reports import record


def report_look(actor: Actor, report: SkillReport) -> None:
    """Before anything in it is shown."""
    once_a_visit(
        f"report:{actor.person.pk}:{report.pk}:{report.state}",
        lambda: record(Action.SKILL_VIEW, report, actor=actor),
    )
