from django.urls import path

from webapp.api.oauth import views

urlpatterns = [
    path("oauth/token", views.ClientTokenView.as_view(), name="oauth_token"),
    path("oauth/introspect", views.IntrospectView.as_view(), name="oauth_introspect"),
    path("oauth/revoke", views.ClientRevokeView.as_view(), name="oauth_revoke"),
    path(".well-known/smart-configuration", views.smart_configuration, name="smart_configuration"),
]
