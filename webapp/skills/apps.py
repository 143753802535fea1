from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "webapp.skills"
    label = "skills"

    def ready(self) -> None:
        from webapp.skills import receivers  # noqa: F401 - connects reports to their jobs
