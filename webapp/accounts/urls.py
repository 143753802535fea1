"""/account/…: one's own account, and the hospital's administration. Sign-in itself is allauth's, under /accounts/."""

from django.urls import path

from webapp.accounts import admin_views, views

urlpatterns = [
    path("", views.account, name="account"),
    path("session/", views.session, name="session"),
    path("sessions/<int:session_id>/end/", views.session_end, name="session_end"),
    path("members/", admin_views.members, name="members"),
    path("members/add/", admin_views.member_add, name="member_add"),
    path("members/<int:member_id>/", admin_views.member_update, name="member_update"),
    path("members/<int:member_id>/password-link/", admin_views.member_password_link, name="member_password_link"),
    path("members/<int:member_id>/deactivate/", admin_views.member_deactivate, name="member_deactivate"),
    path("members/<int:member_id>/activate/", admin_views.member_activate, name="member_activate"),
    path(
        "members/<int:member_id>/reset-second-factor/",
        admin_views.member_reset_second_factor,
        name="member_reset_second_factor",
    ),
    path("departments/", admin_views.departments, name="departments"),
    path("departments/add/", admin_views.department_add, name="department_add"),
    path("departments/<uuid:department_id>/", admin_views.department_viewing, name="department_viewing"),
]
