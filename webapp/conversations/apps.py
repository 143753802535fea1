from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "webapp.conversations"
    label = "conversations"

    def ready(self) -> None:
        from webapp.conversations import receivers  # noqa: F401 - connects answers to their jobs
