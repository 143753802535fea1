"""/accounts/oidc/PROVIDER/…, included by allauth."""

from django.urls import path

from webapp.accounts.single_sign_on.oidc import views

urlpatterns = [
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
