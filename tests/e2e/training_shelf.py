"""A web process with runs of training in every state that matters, made without any trainer: for tests of the pages."""

import sys
from typing import Any

from tests.e2e.shelf import PASSWORD, Shelf, boot

ADMIN = "admin@example.org"
GOING, FAILED, PASSED = 3, 2, 1
STAGES = ("warm_up", "measure", "int", "sft_int", "rl_int", "pack", "gate")


class TrainingShelf(Shelf):
    """Run 1 has passed its gate, run 2 has not, run 3 is going on."""

    def open(self) -> None:
        (self.server.var / "static").mkdir(parents=True, exist_ok=True)
        self.server.python("-m", "tests.e2e.training_shelf", "open")
        self.server.start()

    def learn(self, *losses: float) -> None:
        """What a worker tells of run 3: so many steps of the second learning, with these losses."""
        self.server.python("-m", "tests.e2e.training_shelf", "learn", *map(str, losses))


def made() -> None:
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command

    from tests.factories import JobFactory, MembershipFactory
    from tests.training_rows import gate_row, run_row, version_row

    call_command("migrate", verbosity=0)
    member = MembershipFactory(role="admin", user__email=ADMIN, user__password=make_password(PASSWORD))
    passed = run_row(member.hospital, number=PASSED, admin=member.user, version=version_row("one"))
    gate_row(passed)
    gate_row(run_row(member.hospital, number=FAILED, admin=member.user, version=version_row("two")), is_passed=False)
    job = JobFactory(owner=member.user, hospital=member.hospital, kind="train", stage="train", status="running")
    fields: dict[str, Any] = {"job": job, "state": "running", "stages": [], "curve": [], "cost": {}, "log_tail": ""}
    run_row(member.hospital, number=GOING, admin=member.user, **fields)


def learnt(losses: list[float]) -> None:
    from webapp.learning.models import TrainingRun
    from webapp.learning.runs import RunSeen, StageRow, training_run_seen

    at = STAGES.index("sft_int")
    states = ["finished"] * at + ["running"] + ["waiting"] * (len(STAGES) - at - 1)
    rows = [StageRow(name=name, state=state) for name, state in zip(STAGES, states, strict=True)]
    rows[at] = StageRow(name="sft_int", state="running", done=len(losses), total=8)
    curve = tuple(("sft_int", step, loss, None) for step, loss in enumerate(losses, start=1))
    seen = RunSeen(stages=tuple(rows), curve=curve, cost={"seconds": 40.0}, log_tail="a step was learnt")
    assert training_run_seen(TrainingRun.objects.get(number=GOING).pk, seen)


if __name__ == "__main__":
    boot()
    if sys.argv[1] == "open":
        made()
    else:
        learnt([float(loss) for loss in sys.argv[2:]])
