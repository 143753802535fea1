"""supervisord, to whom a full disk costs lines of its logs. By itself it ends there, and all of Debrief with it."""

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


def main() -> None:
    loggers.RotatingFileHandler = LossyFile
    supervisord.main()


if __name__ == "__main__":
    main()
