"""Spoken text without markup: what a caption's tags, entities and invisible characters leave.

Only what is markup goes. "pressure <15 and flow >20" and "a < b and c > d" are speech and stay whole; an exponent stays
an exponent, so that 10⁶ becomes 10^6 and never 106.
"""

import html
import re
import unicodedata

MAX_CHARS = 4_000
# Tags that captions carry (WebVTT, SubRip's HTML, TTML): a name right after "<", then attributes or a class, then ">".
_ATTRIBUTE = r"""\s+[\w:-]{1,40}\s*=\s*(?:"[^"<>]{0,200}"|'[^'<>]{0,200}'|[^\s"'<>=]{1,200})"""
_NAMES = "b|i|u|s|c|em|strong|span|font|br|p|div|ruby|rt|rp|small|big|tt|sub|strike|del"
TAG = re.compile(
    rf"</?(?:{_NAMES})(?:\.[\w.\-]{{1,80}})?(?:{_ATTRIBUTE}){{0,8}}\s*/?>"
    r"|</?(?:v|lang)(?:\.[\w.\-]{1,80})?(?:\s[^<>]{0,200})?>"
    r"|</sup\s*>|<(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}>"
    r"|\{\\[^{}]{0,100}\}",
    re.IGNORECASE,
)
_RAISED_TAG = re.compile(r"<sup\s*>", re.IGNORECASE)
_RAISED = re.compile(r"[⁰¹²³⁴-⁹⁺⁻]+")
_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
_INVISIBLE = ("Cf", "Co", "Cs", "Cn")
_BREAKING = ("Cc", "Zl", "Zp")


def clean(text: str) -> str:
    """One line of plain text: no caption markup, no control or invisible characters, NFKC but for exponents."""
    text = _without_tags(html.unescape(_without_tags(text)))
    text = _RAISED.sub(lambda found: f"^{found.group()}", text)
    text = unicodedata.normalize("NFKC", _FRACTION.sub(" ", text)).replace("−", "-").replace("⁄", "/")
    spaced = "".join(" " if unicodedata.category(char) in _BREAKING else char for char in text)
    visible = "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE)
    return re.sub(r"\s+", " ", visible).strip()[:MAX_CHARS]


def _without_tags(text: str) -> str:
    return TAG.sub("", _RAISED_TAG.sub("^", re.sub(r"<br\s*/?>", " ", text, flags=re.IGNORECASE)))
