"""Texts that try to become more than text, for questions, titles and a model's words."""

from html.parser import HTMLParser

HOSTILE_TEXTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](https://evil.example/pixel.png)",
    "![x](x){onerror=alert(1)}",
    "<https://evil.example/>",
    "https://evil.example/?q=patient",
    "[ref]: javascript:alert(1)\n\n[ref]",
    '<button class="time-chip" data-start-s="0" onclick="alert(1)">0:00</button>',
    "[[t=1-2]]<b onmouseover=alert(1)>x</b>",
    '[[t=1-2"onmouseover="alert(1)]]',
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input name=q></form>",
    "<a href='//evil.example'>x</a>",
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    '"><script>alert(1)</script>',
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "{{ 7|add:7 }} {% debug %}",
    "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
)

HARMLESS_TAGS = frozenset(
    {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "button", "span"}
)
HARMLESS_ATTRIBUTES = frozenset(
    {"type", "class", "data-start-s", "data-end-s", "popovertarget", "aria-label", "aria-hidden", "start"}
)


class _Walker(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(name for name, _ in attrs)


def assert_harmless(html: str) -> None:
    """Only the elements and attributes that an answer may have are in it."""
    walker = _Walker()
    walker.feed(html)
    walker.close()
    assert set(walker.tags) <= HARMLESS_TAGS, html
    assert set(walker.attributes) <= HARMLESS_ATTRIBUTES, html
