"""Claims carried copies of their facts; now they cite rows. An answer is given the revision that holds all it cited.

Where none does (the timeline was made anew meanwhile), what the claims remember becomes the content's revision 0.
Answers that cited nothing stay without a revision: which one they were given is not known.
"""

from typing import Any

from django.db import migrations

SEEN = ("lane", "label", "start_s", "end_s", "probability")
RECOVERED = 0
Seen = tuple[Any, ...]


def cite(apps: Any, _schema_editor: Any) -> None:
    citing = apps.get_model("conversations", "Answer").objects.filter(claims__isnull=False).distinct()
    for answer in citing.select_related("question__conversation__video").iterator():
        claims = [(claim, _copied(claim)) for claim in answer.claims.all()]
        cited = {seen for _, copies in claims for seen in copies}
        if cited:
            timeline, ids = _revision(apps, answer, cited)
            _cite(apps, claims, ids)
            answer.timeline = timeline
            answer.save(update_fields=["timeline"])


def _copied(claim: Any) -> list[Seen]:
    return [tuple(copy[name] for name in SEEN) for copy in claim.copied_facts if set(SEEN) <= set(copy)]


def _revision(apps: Any, answer: Any, cited: set[Seen]) -> tuple[Any, dict[Seen, Any]]:
    """The newest that holds all of them, and where each stands in it."""
    timelines = apps.get_model("videos", "Timeline").objects
    content_id = answer.question.conversation.video.content_id
    for timeline in timelines.filter(content_id=content_id).exclude(number=RECOVERED).order_by("-number"):
        ids = _ids(timeline)
        if cited <= set(ids):
            return timeline, ids
    timeline, _ = timelines.get_or_create(
        content_id=content_id, number=RECOVERED, defaults={"made_by": {"recovered_from": "claims"}}
    )
    fact_of = apps.get_model("videos", "TimelineFact")
    missing = sorted(cited - set(_ids(timeline)))
    fact_of.objects.bulk_create([fact_of(timeline=timeline, **dict(zip(SEEN, seen, strict=True))) for seen in missing])
    return timeline, _ids(timeline)


def _ids(timeline: Any) -> dict[Seen, Any]:
    return {tuple(seen): pk for pk, *seen in timeline.facts.values_list("pk", *SEEN)}


def _cite(apps: Any, claims: list[tuple[Any, list[Seen]]], ids: dict[Seen, Any]) -> None:
    citation = apps.get_model("conversations", "ClaimFact")
    citation.objects.bulk_create(
        citation(claim=claim, fact_id=fact_id) for claim, copies in claims for fact_id in {ids[seen] for seen in copies}
    )


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_claims_cite_facts")]
    operations = [migrations.RunPython(cite)]
