from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "webapp.audit"
    label = "audit"

    def ready(self) -> None:
        """Each app's `audit_names.py` registers how the objects that it owns are called."""
        from webapp.audit import receivers  # noqa: F401 - connects them

        autodiscover_modules("audit_names")
