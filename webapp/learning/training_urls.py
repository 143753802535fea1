"""Training, under /training/."""

from django.urls import path

from webapp.learning import training_views

urlpatterns = [
    path("", training_views.training, name="training"),
    path("panel/", training_views.training_panel, name="training_panel"),
    path("start/", training_views.training_start, name="training_start"),
    path("roll-back/", training_views.adapter_roll_back, name="adapter_roll_back"),
    path("runs/<uuid:run_id>/", training_views.training_run, name="training_run"),
    path("runs/<uuid:run_id>/panel/", training_views.training_run_panel, name="training_run_panel"),
    path("runs/<uuid:run_id>/pause/", training_views.training_run_pause, name="training_run_pause"),
    path("runs/<uuid:run_id>/resume/", training_views.training_run_resume, name="training_run_resume"),
    path("runs/<uuid:run_id>/cancel/", training_views.training_run_cancel, name="training_run_cancel"),
    path("runs/<uuid:run_id>/approve/", training_views.gate_approve, name="gate_approve"),
    path("runs/<uuid:run_id>/promote/", training_views.adapter_promote, name="adapter_promote"),
]
