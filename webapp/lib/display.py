"""Template filters for what people read: clock times, counts, time left, likelihood words.

Built into the template engine (settings.TEMPLATES), so no template has to load them.
"""

from django import template

register = template.Library()

SIZE_UNITS = ("bytes", "kB", "MB", "GB", "TB")
MAX_LIKELIHOOD = 0.99
LIKELIHOOD_WORDS = ((0.9, "very likely"), (0.7, "likely"), (0.5, "possible"), (0.0, "unsure"))


@register.filter
def clock(seconds: float | None) -> str:
    """63.4 -> "1:03", 3725 -> "1:02:05"; unknown -> "--"."""
    if seconds is None:
        return "--"
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def clock_iso(seconds: float | None) -> str:
    """63.4 -> "PT63S", the form that <time datetime> wants."""
    return "" if seconds is None else f"PT{max(0, int(seconds))}S"


@register.filter
def count(number: int | None) -> str:
    """4800 -> "4,800"."""
    return "--" if number is None else f"{number:,}"


@register.filter
def size(num_bytes: int | None) -> str:
    """3259684 -> "3.3 MB", as static/js/lib/words/bytes.js writes it: powers of a thousand, like a file manager."""
    if num_bytes is None:
        return "--"
    value, unit = float(num_bytes), SIZE_UNITS[0]
    for unit in SIZE_UNITS:
        if value < 1000 or unit == SIZE_UNITS[-1]:
            break
        value /= 1000
    return f"{value:.1f} {unit}" if unit != "bytes" and value < 10 else f"{value:.0f} {unit}"


@register.filter
def likelihood(probability: float) -> str:
    """0.82 -> "likely, 0.82": a word first, the number beside it; never "1.00": nothing is certain to a watcher."""
    word = next(word for least, word in LIKELIHOOD_WORDS if probability >= least)
    return f"{word}, {min(probability, MAX_LIKELIHOOD):.2f}"


@register.filter
def time_left(left_s: float | None) -> str:
    """261.0 -> "about 4 min"; empty while it is not known."""
    return "" if left_s is None else _rough_duration(left_s)


def _rough_duration(seconds: float) -> str:
    if seconds < 45:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    return f"about {minutes // 60} h {minutes % 60} min"
