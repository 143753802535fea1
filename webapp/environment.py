"""Typed reads of the environment. Only webapp/settings.py may use them.

A bad value stops the start with one clear line. `NAME_FILE` names a file that holds the value (for secrets).
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def read_text(name: str, default: str) -> str:
    file_path = os.environ.get(f"{name}_FILE")
    if file_path:
        return Path(file_path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default).strip()


def read_bool(name: str, default: bool) -> bool:
    value = read_text(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def read_int(name: str, default: int, *, minimum: int = 0) -> int:
    value = read_text(name, str(default))
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}.")
    return number


def read_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = read_text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def read_list(name: str, default: str) -> list[str]:
    return [part.strip() for part in read_text(name, default).split(",") if part.strip()]


def read_hours(name: str, default: str) -> tuple[int, int]:
    """ "20-6": from 20:00 to 6:00, over midnight. "0-24": always."""
    value = read_text(name, default)
    first, _dash, last = value.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) < 24 and 0 < int(last) <= 24 and first != last):
        raise ImproperlyConfigured(f"{name} must be two hours such as 20-6, not {value!r}.")
    return int(first), int(last)
