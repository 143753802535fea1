"""/api/v1/…: what programs of hospitals are served. Each address does what a page does, by the same services."""

from django.urls import path

from webapp.api.views import conversations, documents, events, hospital, jobs, videos, webhooks

app_name = "api"
urlpatterns = [
    path("openapi.json", documents.SchemaView.as_view(), name="schema"),
    path("docs/", documents.DocumentView.as_view(), name="docs"),
    path("me", hospital.MeView.as_view(), name="me"),
    path("tokens", hospital.TokenListView.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>", hospital.TokenView.as_view(), name="token"),
    path("videos", videos.VideoListView.as_view(), name="videos"),
    path("videos/<uuid:video_id>", videos.VideoView.as_view(), name="video"),
    path("videos/<uuid:video_id>/timelines", videos.TimelineListView.as_view(), name="timelines"),
    path("videos/<uuid:video_id>/timelines/<int:number>", videos.TimelineView.as_view(), name="timeline"),
    path("videos/<uuid:video_id>/timelines/<int:number>/facts", videos.FactListView.as_view(), name="facts"),
    path("videos/<uuid:video_id>/questions", conversations.QuestionAskView.as_view(), name="question_ask"),
    path("uploads/<uuid:upload_id>", videos.UploadView.as_view(), name="upload"),
    path("jobs", jobs.JobListView.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>", jobs.JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/cancel", jobs.JobCancelView.as_view(), name="job_cancel"),
    path("jobs/<uuid:job_id>/retry", jobs.JobRetryView.as_view(), name="job_retry"),
    path("conversations", conversations.ConversationListView.as_view(), name="conversations"),
    path("conversations/<uuid:conversation_id>", conversations.ConversationView.as_view(), name="conversation"),
    path(
        "conversations/<uuid:conversation_id>/questions",
        conversations.ConversationQuestionsView.as_view(),
        name="conversation_questions",
    ),
    path("questions/<uuid:question_id>", conversations.QuestionView.as_view(), name="question"),
    path("answers/<uuid:answer_id>", conversations.AnswerView.as_view(), name="answer"),
    path("answers/<uuid:answer_id>/again", conversations.AnswerAgainView.as_view(), name="answer_again"),
    path("answers/<uuid:answer_id>/stop", conversations.AnswerStopView.as_view(), name="answer_stop"),
    path("answers/<uuid:answer_id>/judgement", conversations.JudgementView.as_view(), name="answer_judgement"),
    path("answers/<uuid:answer_id>/events", events.AnswerEventsView.as_view(), name="answer_events"),
    path("models", hospital.ModelListView.as_view(), name="models"),
    path("models/<uuid:version_id>", hospital.ModelView.as_view(), name="model"),
    path("departments", hospital.DepartmentListView.as_view(), name="departments"),
    path("departments/<uuid:department_id>", hospital.DepartmentView.as_view(), name="department"),
    path("members", hospital.MemberListView.as_view(), name="members"),
    path("members/<int:member_id>", hospital.MemberView.as_view(), name="member"),
    path("webhooks", webhooks.WebhookListView.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>", webhooks.WebhookView.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/rotate", webhooks.WebhookRotateView.as_view(), name="webhook_rotate"),
    path("webhooks/<uuid:webhook_id>/ping", webhooks.WebhookPingView.as_view(), name="webhook_ping"),
    path("webhooks/<uuid:webhook_id>/deliveries", webhooks.DeliveryListView.as_view(), name="deliveries"),
    path("webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>", webhooks.DeliveryView.as_view(), name="delivery"),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay",
        webhooks.DeliveryReplayView.as_view(),
        name="delivery_replay",
    ),
    path("usage", hospital.UsageView.as_view(), name="usage"),
    path("audit", hospital.AuditListView.as_view(), name="audit"),
]
