from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "webapp.learning"
    label = "learning"

    def ready(self) -> None:
        from webapp.learning import receivers  # noqa: F401 - connects explanations to their jobs
