from django.apps import AppConfig


class WorkersConfig(AppConfig):
    """Makes the operator's commands known to manage.py."""

    name = "workers"
