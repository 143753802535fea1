from django.urls import path

from webapp.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.notices_mark_read, name="notices_read"),
]
