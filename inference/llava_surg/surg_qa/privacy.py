"""Names, numbers and dates that could point at a patient, and text that tries to give orders.

Rules of patterns, not of understanding: they err on the side of taking out. A reviewer still reads what is kept.
"""

import re
from collections import Counter

REMOVED = "[removed]"

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NAME = r"[A-ZÀ-Þ][\w'’\-]+"
_TITLE = r"(?:[Mm]r|[Mm]rs|[Mm]s|[Mm]iss|[Mm]ister|[Dd]r|[Dd]octor|[Pp]rof(?:essor)?)"
_RECORD = (
    r"(?:mrn|medical record(?: number)?|record number|hospital number|patient (?:id|number)|case number|"
    r"accession(?: number)?|nhs(?: number)?|chart number|insurance number)"
)
_DATES = (
    r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}",
    r"\d{4}-\d{1,2}-\d{1,2}",
    rf"{_DAY}(?: of)? {_MONTH}(?:,? \d{{4}})?",
    rf"{_MONTH} {_DAY}(?:,? \d{{4}})?",
    rf"{_MONTH},? \d{{4}}",
    r"(?:born|dob|date of birth)\b[\s:]*(?:on|in|is)?\s*\S+",
)
# An eponym ("called Calot's triangle") is no patient: a name counts after a title, or where a patient is named.
_PATIENT = r"(?:[Pp]atient(?:'s name)?(?: is| was)?(?: called| named)?|[Nn]ame is)"
IDENTIFIERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"\b[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+\b")),
    ("link", re.compile(r"\b(?:https?://|www\.)\S+", re.I)),
    ("record_number", re.compile(
        rf"\b{_RECORD}\b[\s:#.\-]*(?:is|was|number)?[\s:#.\-]*(?=[\w\-/]*\d)[\w\-/]+", re.I
    )),
    ("social_number", re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    ("date", re.compile(rf"\b(?:{'|'.join(_DATES)})\b", re.I)),
    ("phone", re.compile(r"(?<![\w.])\+?\d[\d ()\-]{7,}\d(?!\w)")),
    ("long_number", re.compile(r"\b\d{6,}\b")),
    ("titled_name", re.compile(rf"\b{_TITLE}\b\.?\s+{_NAME}(?:\s+{_NAME})?")),
    ("patient_name", re.compile(rf"\b{_PATIENT}[,:]?\s+{_NAME}(?:\s+{_NAME})*")),
    ("old_age", re.compile(r"\b(?:9\d|1[0-2]\d)[\s\-]years?[\s\-]old\b", re.I)),
)  # fmt: skip
ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.,;]{0,40}\b(?:previous|prior|above|earlier|all|your|the)\b[^.,;]{0,30}"
    r"\b(?:instructions?|prompts?|rules?|schema|messages?)\b"
    r"|\bsystem prompt\b|\byou are now\b|\bas an ai\b|\blanguage model\b|\bjailbreak\b|\bdeveloper mode\b"
    r"|<\s*/?\s*(?:script|system|assistant|user|iframe|img)\b|\[/?INST\]|<\|[\w ]+\|>|```"
    r"|\b(?:respond|reply|answer|output|print|return)\b[^.]{0,20}\b(?:only with|json|verbatim|the following)\b",
    re.I,
)


def without_identifiers(text: str) -> tuple[str, Counter[str]]:
    """The text with each identifier replaced by a mark, and how many of each kind were found."""
    found: Counter[str] = Counter()
    for kind, pattern in IDENTIFIERS:
        text, num_found = pattern.subn(REMOVED, text)
        found[kind] += num_found
    return text, +found


def has_identifier(text: str) -> bool:
    return REMOVED in text or any(pattern.search(text) for _, pattern in IDENTIFIERS)


def gives_orders(text: str) -> bool:
    """True for text that addresses a machine instead of an audience."""
    return ORDERS.search(text) is not None
