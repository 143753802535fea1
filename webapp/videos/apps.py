from django.apps import AppConfig


class VideosConfig(AppConfig):
    name = "webapp.videos"
    label = "videos"

    def ready(self) -> None:
        from webapp.videos import receivers  # noqa: F401  # connects them
