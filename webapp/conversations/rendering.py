"""An answer's text as safe HTML. The text is a model's and may be hostile: no HTML, no links, no images pass.

Markdown comes from an allow-list of rules, a citation becomes a button that seeks the player, a checked claim's
verdict becomes a badge behind it, and a sanitiser goes over the result as a second wall.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from webapp.conversations.models import Claim
from webapp.lib import citation
from webapp.lib.display import clock

# What `canonical` leaves in a text: any other form is rewritten or gone before Markdown is read.
CITATION = re.compile(r"\[\[t=(\d{1,7}(?:\.\d)?)-(\d{1,7}(?:\.\d)?)\]\]")
MARKDOWN_RULES = (
    "heading",
    "list",
    "blockquote",
    "fence",
    "hr",
    "table",
    "emphasis",
    "strikethrough",
    "backticks",
    "newline",
    "escape",
)
TEXT_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}
LIST_TAGS = {"ul", "ol", "li"}
TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}
ALLOWED_TAGS = TEXT_TAGS | LIST_TAGS | TABLE_TAGS | {"button", "span"}
# Stays on the line of the button before it.
CLOSING = re.compile(r"[.,;:!?)]+")
ALLOWED_ATTRIBUTES = {
    "button": {"type", "class", "data-start-s", "data-end-s", "popovertarget", "aria-label"},
    "span": {"class", "aria-hidden"},
    "ol": {"start"},
}
# Between its signs a formula is words: no emphasis, no escapes.
FORMULA = re.compile(
    r"\\\([^\n\[]{1,200}?\\\)|\\\[[^\n\[]{1,200}?\\\]|\$\$[^$\n\[]{1,200}\$\$"
    r"|\$(?! )[^$\n\[]{1,200}?(?<! )\$(?!\d)"
)
CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
SAME_TIME_S = 0.06
VERDICT_ICONS = {
    Claim.Verdict.SUPPORTED: "✓",
    Claim.Verdict.NOT_VERIFIED: "?",
    Claim.Verdict.CONTRADICTED: "✕",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedAnswer:
    """`claims` are those with a badge in the text, `uncited_claims` those without a time to hang it on."""

    html: SafeString
    claims: list[Claim]
    uncited_claims: list[Claim]


class Badges:
    """Hangs each claim behind the citation that completes its stretch: a sentence may cite several."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.remaining = list(claims)
        self.shown: list[Claim] = []
        self._start_s, self._end_s = math.inf, -math.inf

    def take(self, start_s: float, end_s: float) -> Claim | None:
        self._start_s, self._end_s = min(self._start_s, start_s), max(self._end_s, end_s)
        claim = self._find(start_s, end_s) or self._find(self._start_s, self._end_s)
        if claim is not None:
            self.remaining.remove(claim)
            self.shown.append(claim)
            self._start_s, self._end_s = math.inf, -math.inf
        return claim

    def _find(self, start_s: float, end_s: float) -> Claim | None:
        return next((c for c in self.remaining if _is_same(c.start_s, start_s) and _is_same(c.end_s, end_s)), None)


def render_answer(text: str, *, duration_s: float | None, claims: Sequence[Claim] = ()) -> RenderedAnswer:
    badges = Badges(claims)
    limit_s = math.inf if duration_s is None else duration_s
    html = _markdown().render(citation.canonical(text, limit_s), {"badges": badges})
    clean = nh3.clean(html, tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES, link_rel=None)
    # Both walls are behind it: markdown without HTML, and the sanitiser.
    safe = mark_safe(clean)  # noqa: S308
    return RenderedAnswer(html=safe, claims=badges.shown, uncited_claims=badges.remaining)


def render_time_chip(start_s: float, end_s: float) -> SafeString:
    """A button that seeks the player: `1:03–1:11`."""
    label = clock_range(start_s, end_s)
    return format_html(
        '<button type="button" class="time-chip" data-start-s="{}" data-end-s="{}" aria-label="Play {}">{}</button>',
        _seconds(start_s),
        _seconds(end_s),
        label,
        label,
    )


def render_badge(claim: Claim) -> SafeString:
    """A button that opens the facts behind the verdict: an icon, a word, a colour."""
    return format_html(
        '<button type="button" class="verdict {}" popovertarget="{}"><span aria-hidden="true">{}</span> {}</button>',
        claim.verdict.replace("_", "-"),
        claim_popover_id(claim),
        VERDICT_ICONS[Claim.Verdict(claim.verdict)],
        Claim.Verdict(claim.verdict).label.lower(),
    )


def claim_popover_id(claim: Claim) -> str:
    return f"claim-{claim.answer_id}-{claim.index}"


def clock_range(start_s: float, end_s: float) -> str:
    """Whole seconds that enclose the stretch; a moment is one time."""
    first, last = clock(start_s), clock(math.ceil(end_s))
    return first if first == last else f"{first}–{last}"


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"html": False, "linkify": False, "breaks": True, "maxNesting": 100})
    markdown.enable(list(MARKDOWN_RULES))
    markdown.inline.ruler.before("text", "citation", _citation_rule)
    markdown.add_render_rule("citation", _render_citation)
    markdown.inline.ruler.before("escape", "formula", _formula_rule)
    markdown.inline.ruler.at("emphasis", _emphasis_rule)
    markdown.core.ruler.push("code_citations", _code_citations)
    return markdown


def _citation_rule(state: StateInline, silent: bool) -> bool:
    match = CITATION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.meta = {"start_s": float(match[1]), "end_s": float(match[2]), "closing": _closing(state, match)}
    state.pos += len(match[0]) + len(_closing(state, match))
    return True


def _formula_rule(state: StateInline, silent: bool) -> bool:
    match = FORMULA.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("text", "", 0).content = match[0]
    state.pos += len(match[0])
    return True


def _emphasis_rule(state: StateInline, silent: bool) -> bool:
    """CommonMark wants a blank or a mark beside ** where it meets punctuation; Chinese and Japanese have no blanks."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, marker == "*")
    before, after = _neighbours(state, scanned.length)
    opens = scanned.can_open or (marker == "*" and bool(CJK.match(before)) and not after.isspace())
    closes = scanned.can_close or (marker == "*" and bool(CJK.match(after)) and not before.isspace())
    for _ in range(scanned.length):
        state.push("text", "", 0).content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker), length=scanned.length, token=len(state.tokens) - 1, end=-1, open=opens, close=closes
            )
        )
    state.pos += scanned.length
    return True


def _neighbours(state: StateInline, length: int) -> tuple[str, str]:
    """The characters beside the marks; beyond the text stands a blank."""
    after = state.pos + length
    return (state.src[state.pos - 1] if state.pos else " ", state.src[after] if after < len(state.src) else " ")


def _code_citations(state: StateCore) -> None:
    """In code no button can stand: there the times are words."""
    for token in (one for block in state.tokens for one in (block, *(block.children or ()))):
        if token.type in {"code_inline", "fence", "code_block"}:
            token.content = CITATION.sub(
                lambda match: f"({clock_range(float(match[1]), float(match[2]))})", token.content
            )


def _closing(state: StateInline, match: re.Match[str]) -> str:
    found = CLOSING.match(state.src, match.end(), state.posMax)
    return found[0] if found else ""


def _render_citation(
    _renderer: RendererProtocol, tokens: Sequence[Token], index: int, _options: Any, environment: Any
) -> str:
    start_s, end_s = tokens[index].meta["start_s"], tokens[index].meta["end_s"]
    chip, closing = render_time_chip(start_s, end_s), tokens[index].meta["closing"]
    claim = environment["badges"].take(start_s, end_s)
    if claim is None:
        return _unbroken(chip, closing)
    return f"{chip} {_unbroken(render_badge(claim), closing)}"


def _unbroken(button: SafeString, closing: str) -> str:
    return format_html('<span class="unbroken">{}{}</span>', button, closing) if closing else button


def _is_same(one_s: float | None, other_s: float) -> bool:
    return one_s is not None and abs(one_s - other_s) < SAME_TIME_S


def _seconds(value_s: float) -> str:
    return f"{value_s:.3f}".rstrip("0").rstrip(".")
