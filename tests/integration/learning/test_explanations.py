"""Why: asked for once, written step by step, checked against the timeline, and as private as the answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from django.test import Client

from inference.engines.protocol import GenerationDone, GenerationRequest, TextDelta
from inference.errors import EngineFailed
from inference.evidence.watched import watched_outputs
from inference.progress import StopCheck
from tests.integration.conversations.cast import Cast, ask, finish
from webapp.accounts.actors import page_actor
from webapp.conversations.models import Answer
from webapp.learning.explanations import explanation_ask
from webapp.learning.models import Explanation
from webapp.lib.errors import Conflict
from webapp.videos.timelines import timeline_add
from workers import explain, reasoner, runtime

HOOK: Any = {"lane": "instrument", "label": "hook", "start_s": 3.0, "end_s": 8.0, "probability": 0.93}
STEPS = "1. F1 hook: 8.0 - 3.0 = 5.0 s\n2. F9 is a <b>clipper</b>\nAnswer: 5.0 s"


class Scripted:
    name, adapter, has_json_schema = "scripted", "", False
    visual_kind: Literal["none"] = "none"

    def __init__(self, text: str) -> None:
        self.text = text
        self.prompts: list[str] = []

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        self.prompts.append("\n".join(message.text for message in request.messages))
        yield TextDelta(text=self.text)
        yield GenerationDone(finish_reason="stop", num_tokens=9, ttft_s=0.0)


class Broken(Scripted):
    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        yield TextDelta(text="1. F1 lasts 5.0 s\n2. ")
        raise EngineFailed("The model failed.")


@pytest.fixture
def answered(live_cast: Cast) -> Answer:
    timeline_add(live_cast.video.content, made_by={"encoder": "e"}, facts=[HOOK])
    return finish(ask(live_cast), "The hook, 5 s [[t=3-8]].")


def explained(answer: Answer, cast: Cast, engine: Scripted, monkeypatch: pytest.MonkeyPatch) -> Explanation:
    return explained_by(engine, monkeypatch, lambda: explanation_ask(answer, actor=page_actor(cast.alice)))


def explained_by(engine: Scripted, monkeypatch: pytest.MonkeyPatch, ask_why: Callable[[], Explanation]) -> Explanation:
    """What a worker with this engine makes of what is asked for."""

    @contextmanager
    def held() -> Iterator[Scripted]:
        yield engine

    monkeypatch.setattr(reasoner, "held", held)
    monkeypatch.setattr(runtime, "watched", lambda: watched_outputs(["instrument/hook"]))
    made = ask_why()
    explain.explain_answer(str(made.job_id), "explain")
    made.refresh_from_db()
    return made


def test_steps_are_kept_with_their_marks_and_what_they_cite(
    live_cast: Cast, answered: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Scripted(STEPS)
    made = explained(answered, live_cast, engine, monkeypatch)
    assert (made.status, made.conclusion, made.model_name) == ("finished", "5.0 s", "scripted")
    assert [step["mark"] for step in made.steps] == ["recomputed", "wrong"]
    assert made.steps[0]["cites"][0]["start_s"] == 3.0
    assert made.sheet["sha256"] == made.sheet_sha256
    assert "hook, 3.0-8.0 s" in engine.prompts[0]


def test_the_page_shows_a_wrong_step_as_wrong_and_the_models_words_as_text(
    live_cast: Cast, answered: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained(answered, live_cast, Scripted(STEPS), monkeypatch)
    page = signed_in(live_cast.alice).get(f"/answers/{answered.pk}/why/").content.decode()
    assert 'data-seek-s="3.0"' in page
    assert "1 step found to be wrong" in page
    assert "&lt;b&gt;clipper" in page


def test_a_failed_model_is_told_and_the_steps_before_are_kept(
    live_cast: Cast, answered: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = explained(answered, live_cast, Broken(""), monkeypatch)
    assert (made.status, len(made.steps)) == ("failed", 1)
    assert made.error_message


def test_two_clicks_are_one_explanation(live_cast: Cast, answered: Answer) -> None:
    actor = page_actor(live_cast.alice)
    assert explanation_ask(answered, actor=actor) == explanation_ask(answered, actor=actor)


def test_what_is_not_answered_yet_cannot_be_explained(cast: Cast) -> None:
    with pytest.raises(Conflict):
        explanation_ask(ask(cast), actor=page_actor(cast.alice))


def test_a_timeline_made_since_is_said(live_cast: Cast, answered: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    explained(answered, live_cast, Scripted(STEPS), monkeypatch)
    timeline_add(live_cast.video.content, made_by={"encoder": "another"}, facts=[])
    page = signed_in(live_cast.alice).get(f"/answers/{answered.pk}/why/panel/").content.decode()
    assert "looked at anew since" in page


def test_why_is_as_private_as_the_answer(live_cast: Cast, answered: Answer) -> None:
    for person in (live_cast.bob, live_cast.charlie):
        client = signed_in(person)
        assert client.get(f"/answers/{answered.pk}/why/").status_code == 404
        assert client.post(f"/answers/{answered.pk}/why/ask/").status_code == 404
    assert not Explanation.objects.exists()


def test_the_largest_model_that_fits_explains(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.MODELS_DIR, settings.EXPLANATION_MODEL = tmp_path, "qwen2.5-coder-1.5b-instruct"
    for name in ("smollm2-135m-instruct", "qwen2.5-coder-1.5b-instruct"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    assert reasoner.fitting(None).model.name == "qwen2.5-coder-1.5b-instruct"
    assert reasoner.fitting(2 * 1024**3).model.name == "smollm2-135m-instruct"


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client
