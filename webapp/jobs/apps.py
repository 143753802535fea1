from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "webapp.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Each app's `jobs.py` registers the kinds of work that it owns."""
        autodiscover_modules("jobs")
