"""supervisord, to whom a full disk costs lines of its logs, and who says on the terminal what it waits for at its end.

By itself it ends where the disk is full, and all of Debrief with it.
"""

from typing import Any

from supervisor import loggers, supervisord


class LossyFile(loggers.RotatingFileHandler):
    """A log file that drops what cannot be written."""

    def emit(self, record: loggers.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:
            return

    def handleError(self) -> None:
        """Not to the terminal either: its output may go to the same disk."""

    def close(self) -> None:
        try:
            super().close()
        except OSError:
            return


class TellingSupervisor(supervisord.Supervisor):
    """Stops all of one priority at once, since they do not need each other, and tells whom it waits for."""

    told: tuple[str, ...] = ()

    def ordered_stop_groups_phase_1(self) -> None:
        for group in self.stop_groups:
            if group.config.priority == self.stop_groups[-1].config.priority:
                group.stop_all()

    def ordered_stop_groups_phase_2(self) -> None:
        while self.stop_groups and not self.stop_groups[-1].get_unstopped_processes():
            self.stop_groups.pop()

    def shutdown_report(self) -> list[Any]:
        unstopped: list[Any] = super().shutdown_report()
        self.tell(tuple(process.config.name for process in unstopped))
        return unstopped

    def tell(self, names: tuple[str, ...]) -> None:
        """Once for the same names."""
        if names == self.told:
            return
        self.told = names
        words = f"Stopping: waiting for {', '.join(names)}." if names else "Debrief has stopped."
        try:
            print(f"  {words}", flush=True)
        except OSError:  # nobody looks any more, or a full disk
            return


def main() -> None:
    supervisord.Supervisor = TellingSupervisor
    loggers.RotatingFileHandler = LossyFile
    supervisord.main()


if __name__ == "__main__":
    main()
