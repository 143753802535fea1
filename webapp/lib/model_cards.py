"""The model cards of docs/models/ as pages: what was measured and what a model is not for, near to what it wrote."""

from functools import cache

import nh3
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET
from markdown_it import MarkdownIt

from webapp.lib.errors import NotFound

# Their relative addresses lead nowhere on a page.
LEFT_OUT_RULES = ["link", "image", "autolink"]


@login_required
@require_GET
def model_card(request: HttpRequest, name: str) -> HttpResponse:
    """Raises NotFound for a model without a card."""
    title, body = _card(name)
    return render(request, "model_card.html", {"title": title, "body": body})


@cache
def _card(name: str) -> tuple[str, SafeString]:
    # A slug holds no dot and no slash, so the file lies in the folder.
    path = settings.MODEL_CARDS_DIR / f"{name}.md"
    if not path.is_file():
        raise NotFound("There is no card for this model.")
    heading, _newline, text = path.read_text(encoding="utf-8").partition("\n")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable(LEFT_OUT_RULES)
    # From our own files, without HTML in them, and past a sanitiser.
    return heading.lstrip("# "), mark_safe(nh3.clean(markdown.render(text)))  # noqa: S308
