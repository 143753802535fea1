"""Root routes."""

from django.urls import path

urlpatterns: list[object] = []
