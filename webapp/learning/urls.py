"""Why an answer says what it says, and what people correct in it."""

from django.urls import path

from webapp.learning import correction_views, views

urlpatterns = [
    path("answers/<uuid:answer_id>/why/", views.why, name="why"),
    path("answers/<uuid:answer_id>/why/panel/", views.why_panel, name="why_panel"),
    path("answers/<uuid:answer_id>/why/ask/", views.why_ask, name="why_ask"),
    path("reports/items/<int:item_id>/why/", views.item_why, name="item_why"),
    path("reports/items/<int:item_id>/why/panel/", views.item_why_panel, name="item_why_panel"),
    path("reports/items/<int:item_id>/why/ask/", views.item_why_ask, name="item_why_ask"),
    path("answers/<uuid:answer_id>/correct/", correction_views.correction_submit, name="correction_submit"),
    path("corrections/", correction_views.ledger, name="corrections"),
    path("corrections/to-read/", correction_views.to_read, name="corrections_to_read"),
    path("corrections/<uuid:correction_id>/", correction_views.correction, name="correction"),
    path("corrections/<uuid:correction_id>/read/", correction_views.correction_read, name="correction_read"),
    path(
        "corrections/<uuid:correction_id>/withdraw/", correction_views.correction_withdraw, name="correction_withdraw"
    ),
]
