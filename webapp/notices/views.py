"""The page of one's own notices."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.actors import page_actor
from webapp.notices.selectors import notice_list
from webapp.notices.services import notices_read

PAGE_SIZE = 50


@login_required
@require_GET
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    page = Paginator(notice_list(page_actor(request.user)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notices/notices.html", {"page": page})


@login_required
@require_POST
def notices_mark_read(request: HttpRequest) -> HttpResponse:
    notices_read(actor=page_actor(request.user))
    return redirect("notices")
