"""Reports on the video's page, the reviewers' queue, and what a department compares with."""

from django.urls import path

from webapp.skills.views import department, report, review

urlpatterns = [
    path("videos/<uuid:video_id>/report/", report.skill_report, name="skill_report"),
    path("videos/<uuid:video_id>/report/panel/", report.skill_report_panel, name="skill_report_panel"),
    path("videos/<uuid:video_id>/report/request/", report.skill_report_request, name="skill_report_request"),
    path("reports/<uuid:report_id>/submit/", report.report_submit, name="report_submit"),
    path("reports/<uuid:report_id>/withdraw/", report.report_withdraw, name="report_withdraw"),
    path("reports/<uuid:report_id>/open/", report.report_unseal, name="report_unseal"),
    path("reports/<uuid:report_id>/contest/", report.appeal_open, name="appeal_open"),
    path("reports/<uuid:report_id>/amend/", report.report_amend, name="report_amend"),
    path("reports/<uuid:report_id>/report.pdf", report.report_document, name="report_document"),
    path("reports/<uuid:report_id>/report.json", report.report_bundle, name="report_bundle"),
    path("review/", review.queue, name="review_queue"),
    path("review/<uuid:report_id>/", review.review, name="review"),
    path("review/<uuid:report_id>/read/", review.review_read, name="review_read"),
    path("review/<uuid:report_id>/sign/", review.review_sign, name="review_sign"),
    path("review/<uuid:report_id>/return/", review.review_return, name="review_return"),
    path("appeals/<uuid:appeal_id>/", review.appeal, name="appeal"),
    path("appeals/<uuid:appeal_id>/read/", review.appeal_read, name="appeal_read"),
    path("appeals/<uuid:appeal_id>/answer/", review.appeal_answer, name="appeal_answer"),
    path("rubrics/", department.rubrics, name="rubrics"),
    path("rubrics/adopt/", department.rubric_adopt, name="rubric_adopt"),
    path("rubrics/add/", department.rubric_add, name="rubric_add"),
    path("rubrics/<uuid:rubric_id>/revise/", department.rubric_revise, name="rubric_revise"),
    path("references/", department.references, name="references"),
    path("references/add/", department.reference_add, name="reference_add"),
    path("references/<uuid:reference_id>/consent/", department.reference_consent, name="reference_consent"),
    path("references/<uuid:reference_id>/withdraw/", department.reference_withdraw, name="reference_withdraw"),
    path("references/<uuid:reference_id>/clip.mp4", department.reference_media, name="reference_media"),
    path("comparisons/add/", department.scorer_add, name="scorer_add"),
    path("comparisons/<uuid:scorer_id>/end/", department.scorer_retire, name="scorer_retire"),
    path("trend/", department.trend, name="trend"),
    path("trend/peers/", department.trend_peers, name="trend_peers"),
]
