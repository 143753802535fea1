from django.contrib.admin.apps import SimpleAdminConfig


class AdministrationConfig(SimpleAdminConfig):
    """Simple: libraries do not register what they keep (secrets of second factors, of clients) by themselves."""

    default_site = "webapp.administration.site.AdministrationSite"
