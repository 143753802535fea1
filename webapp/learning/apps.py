from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "webapp.learning"
    label = "learning"

    def ready(self) -> None:
        from webapp.learning import receivers, run_receivers  # noqa: F401 - connects explanations and runs to their jobs
