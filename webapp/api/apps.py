from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "webapp.api"
    label = "api"

    def ready(self) -> None:
        from webapp.accounts.doors import bearer_register
        from webapp.api import receivers  # noqa: F401 - connects the outbox
        from webapp.api.bearer import bearer_actor

        bearer_register(bearer_actor)
