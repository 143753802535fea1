from django.urls import path

from webapp.videos import media, selection_views, views

urlpatterns = [
    path("", views.library, name="library"),
    path("videos/rows/", views.library_rows, name="library_rows"),
    path("videos/demo/", views.video_demo, name="video_demo"),
    path("videos/selection/delete/", selection_views.selection_delete, name="selection_delete"),
    path("videos/selection/move/", selection_views.selection_move, name="selection_move"),
    path("videos/<uuid:video_id>/", views.video, name="video"),
    path("videos/<uuid:video_id>/status/", views.video_status, name="video_status"),
    path("videos/<uuid:video_id>/timeline.json", views.video_timeline, name="video_timeline"),
    path("videos/<uuid:video_id>/rename/", views.video_rename, name="video_rename"),
    path("videos/<uuid:video_id>/delete/", views.video_delete, name="video_delete"),
    path("videos/<uuid:video_id>/proxy.mp4", media.video_media, name="video_media"),
    path("videos/<uuid:video_id>/poster.jpg", media.video_poster, name="video_poster"),
    path("videos/<uuid:video_id>/sprite.jpg", media.video_sprite, name="video_sprite"),
    path("videos/<uuid:video_id>/sprite.json", media.video_sprite_index, name="video_sprite_index"),
]
