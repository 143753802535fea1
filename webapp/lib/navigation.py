"""Where a person goes after a button was pressed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from webapp.lib.origins import is_own_url


def after_change(request: HttpRequest, *, fallback: str) -> HttpResponse:
    """htmx: 204, the page fetches its fragments anew. Without scripts: back to the page the form was on.

    `fallback` is the name of a route without arguments.
    """
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204)
    came_from = request.headers.get("Referer", "")
    if came_from and is_own_url(request, came_from):
        return redirect(came_from)
    return redirect(fallback)


def leave_page(request: HttpRequest, *, to: str) -> HttpResponse:
    """The page that the button was on is gone. htmx needs its own header, or it would swap a page into a fragment."""
    response = redirect(to)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response
