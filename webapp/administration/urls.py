"""/admin/: the lists are registered where they are routed."""

from django.contrib import admin
from django.urls import path

from webapp.administration.lists import LISTS

for _model, _list in LISTS.items():
    if not admin.site.is_registered(_model):
        admin.site.register(_model, _list)

urlpatterns = [path("admin/", admin.site.urls)]
