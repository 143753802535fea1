"""How an answer is called on the page of the audit log: by its video. What was asked is the asker's alone."""

from collections.abc import Collection

from webapp.audit.names import names_register, uuids
from webapp.conversations.models import Answer


def answer_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    title = "question__conversation__video__title"
    answers = Answer.objects.filter(question__conversation__video__hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): f"about {words}" for pk, words in answers.values_list("pk", title)}


names_register("answer", answer_names)
