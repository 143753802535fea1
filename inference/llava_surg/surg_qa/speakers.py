"""Who spoke, taken out: conference recorders write "Given Family:", "<v Given Family>" or ">> GIVEN:" into captions.

A label at the beginning of a line goes and is counted; names that labels told go from the speech too, wherever they
are spoken. It errs on the side of taking out: "Careful: ..." loses its first word.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from inference.llava_surg.surg_qa.privacy import REMOVED

KIND = "speaker_name"
MAX_LABEL_CHARS = 80
# A label that is no name in form ("given family", "user_17") still is one if it comes back on this many lines.
MIN_RECURRENCES = 3
_VOICE = re.compile(r"<v(?:\.[\w.\-]{1,80})?\s+([^<>]{1,200})>", re.IGNORECASE)
_LABEL = re.compile(
    rf"^\s*((?:[-–—*•]\s*|>{{1,3}}\s*|[\[(])*)([^:：]{{1,{MAX_LABEL_CHARS}}}?)[\])]?\s*[:：](?=\s|$)\s*"
)
_BRACKETED = re.compile(r"^\s*(?:[-–—]\s*|>{1,3}\s*)*\[([^\[\]:]{2,60})\]\s+(?=\S)")
_CHEVRONS = re.compile(r"^\s*(?:>|&gt;){2,3}\s*")
_PARTICLES_TEXT = """von van de der den di da del della dos du al el bin ibn la le med dr prof mr mrs ms pd"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_ROLES_TEXT = """speaker narrator surgeon assistant nurse moderator host presenter interviewer doctor anesthesiologist
anaesthetist audience unknown question answer operator resident fellow professor student voice voiceover"""
_ROLES = frozenset(_ROLES_TEXT.split())
# Rooms and sounds in brackets are no people.
_SOUNDS_TEXT = """music applause laughter silence inaudible noise pause crosstalk foreign beep"""
_SOUNDS = frozenset(_SOUNDS_TEXT.split())


@dataclass(slots=True)
class Speakers:
    """What labels told: how many were taken out, and the names to take out of the speech as well."""

    removed: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)

    def add(self, label: str) -> None:
        self.removed[KIND] += 1
        self.names.update(_spoken_forms(label))


def without_speakers(cues: Sequence[Sequence[str]]) -> tuple[list[list[str]], Counter[str]]:
    """The lines of each cue without labels and without the names they told, and how many were taken out."""
    recurring = _recurring(line for lines in cues for line in lines)
    speakers = Speakers()
    bare = [[_bare(line, recurring, speakers) for line in lines] for lines in cues]
    pattern = _names_pattern(speakers.names)
    if pattern is not None:
        bare = [[_without_names(line, pattern, speakers) for line in lines] for lines in bare]
    return bare, +speakers.removed


def _bare(line: str, recurring: frozenset[str], speakers: Speakers) -> str:
    for name in _VOICE.findall(line):
        speakers.add(name)
    line = _VOICE.sub("", line)
    label = _label_of(line, recurring)
    if label is not None:
        speakers.add(label[0])
        line = line[label[1] :]
    return _CHEVRONS.sub("", line)


def _label_of(line: str, recurring: frozenset[str]) -> tuple[str, int] | None:
    """The label at the line's beginning and where the speech begins; None where there is no label."""
    plain = line.replace("&gt;", ">")
    shift = len(line) - len(plain)
    found = _LABEL.match(plain)
    if found and (_is_name(found[2]) or found[2].strip().lower() in recurring):
        return found[2].strip(), found.end() + shift
    bracketed = _BRACKETED.match(plain)
    if bracketed and _is_name(bracketed[1]) and bracketed[1].strip().lower() not in _SOUNDS:
        return bracketed[1].strip(), bracketed.end() + shift
    return None


def _is_name(label: str) -> bool:
    """One to five words, each with a capital or a script without capitals, or a particle: the form of a name."""
    plain = re.sub(r"[(\[][^()\[\]]{0,60}[)\]]?", " ", unicodedata.normalize("NFKC", label))
    tokens = [token for token in re.split(r"[\s,.]+", plain.strip()) if token]
    if not 1 <= len(tokens) <= 6 or not all(_is_name_token(token) for token in tokens):
        return False
    return any(token.lower() not in _PARTICLES for token in tokens)


def _is_name_token(token: str) -> bool:
    if token.lower() in _PARTICLES:
        return True
    first = token[0]
    is_caseless = first.isalpha() and first.lower() == first.upper()
    return (first.isupper() or is_caseless) and re.fullmatch(r"[\w'’.\-&@]+", token) is not None


def _recurring(lines: Iterable[str]) -> frozenset[str]:
    counted: Counter[str] = Counter()
    for line in lines:
        found = _LABEL.match(line.replace("&gt;", ">"))
        if found:
            counted[found[2].strip().lower()] += 1
    return frozenset(label for label, num in counted.items() if num >= MIN_RECURRENCES)


def _spoken_forms(label: str) -> set[str]:
    """The whole name and, of a name of several words, each word: people are called by either."""
    tokens = [token for token in re.split(r"[\s,()\[\]@]+", label) if len(token) > 2]
    names = [token for token in tokens if token.lower().rstrip(".") not in _PARTICLES | _ROLES and token[0].isalpha()]
    if len(tokens) < 2:
        return set()
    return {token for token in names if any(char.isupper() for char in token) or not token.isascii()}


def _names_pattern(names: set[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(r"\b(?:" + "|".join(re.escape(name) for name in ordered) + r")\b(?:['’]s)?")


def _without_names(line: str, pattern: re.Pattern[str], speakers: Speakers) -> str:
    line, num_found = pattern.subn(REMOVED, line)
    speakers.removed[KIND] += num_found
    return line
