"""The worker's part: words to the stream, claims checked, everything kept; and each way in which it can end."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.errors import EngineFailed, InferenceError, ModelUntrained
from tests.environment import free_port
from tests.fakes import FAKE_ADAPTER, FAKE_MODEL, FakeAnswerer, failing_answerer, insufficient_answerer
from tests.fakes_answering import answering_with
from tests.integration.conversations.cast import Cast, ask
from webapp.accounts.actors import page_actor
from webapp.conversations import news
from webapp.conversations.models import Answer
from webapp.conversations.presentation import answer_state
from webapp.conversations.services import answer_stop, question_ask
from webapp.conversations.text import Window
from webapp.jobs.models import Job
from webapp.lib import events
from webapp.lib.storage import content_paths
from webapp.registry.facts import ModelFacts
from webapp.registry.services import models_loaded
from webapp.videos.models import Video
from webapp.videos.services import video_delete
from webapp.videos.timelines import timeline_add
from workers import answer_tasks, runtime

GRASPER: Any = {"lane": "instrument", "label": "grasper", "start_s": 5.0, "end_s": 15.0, "probability": 0.93}


@pytest.fixture
def cast(live_cast: Cast) -> Cast:
    """With a feature file, as a ready video has one."""
    features = content_paths(live_cast.video.hospital_id, live_cast.video.content.sha256).features
    features.parent.mkdir(parents=True, exist_ok=True)
    features.write_bytes(b"kept")
    return live_cast


def run(
    answer: Answer, answerer: FakeAnswerer, monkeypatch: pytest.MonkeyPatch, *, written_by: Sequence[ModelFacts] = ()
) -> Answer:
    monkeypatch.setattr(runtime, "answering", lambda: answering_with(answerer, written_by=written_by))
    answer_tasks.answer_question(str(answer.job_id), "answer")
    answer.refresh_from_db()
    assert answer.job is not None
    answer.job.refresh_from_db()
    return answer


def streamed(answer: Answer) -> str:
    return news.text_of(events.read_after(news.stream_key(answer.pk)))


def test_text_claims_and_model_are_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = timeline_add(cast.video.content, made_by={"encoder": "e"}, facts=[GRASPER])
    fake = FakeAnswerer()
    answer = run(ask(cast), fake, monkeypatch)
    assert (answer.status, answer.text) == ("finished", fake.text)
    assert streamed(answer) == fake.text
    assert (answer.model_name, answer.adapter, answer.num_tokens) == (FAKE_MODEL, FAKE_ADAPTER, len(fake.words))
    (claim,) = answer.claims.all()
    assert (claim.start_s, claim.end_s, claim.verdict) == (6.0, 12.5, "supported")
    assert list(claim.facts.all()) == list(timeline.facts.all())
    assert answer.timeline == timeline
    assert answer.job is not None
    assert answer.job.status == Job.Status.SUCCEEDED


def test_the_answer_points_at_the_models_that_wrote_it_and_the_page_at_their_cards(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline_add(
        cast.video.content, made_by={"encoder": "tower-a", "calibration": "0c", "simulator_heads": ""}, facts=[]
    )
    seeing = [known("tower", "tower-a", "vision_tower"), known("timeline_heads", "timeline-heads@0c", "vision_tower")]
    base = replace(known("base", "base@1", "base_models"), title=FAKE_MODEL)
    writing = [base, known("adapter", "adapter@1", "llava_surg")]
    models_loaded([*seeing, *writing, known("tower", "tower-b", "screen_text")], worker="test")
    answer = run(ask(cast), FakeAnswerer(), monkeypatch, written_by=writing)

    written_by = {version.artifact_id for version in answer.model_versions.all()}
    assert written_by == {"tower-a", "timeline-heads@0c", "base@1", "adapter@1"}
    page = answer_state(answer)["html"]
    assert 'href="/models/llava_surg/">Adapter The adapter 1</a>' in page
    assert 'href="/models/base_models/">Base model fake-model 1</a>' in page
    assert "screen_text" not in page


def test_an_answer_that_no_language_model_wrote_points_at_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = [known("base", "base@1", "base_models"), known("adapter", "adapter@1", "llava_surg")]
    models_loaded(loaded, worker="test")
    assert not run(ask(cast), FakeAnswerer(), monkeypatch, written_by=loaded).model_versions.exists()


def test_an_answer_of_before_there_was_a_registry_still_leads_to_its_card(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = run(ask(cast), FakeAnswerer(), monkeypatch)
    assert not answer.model_versions.exists()
    assert 'href="/models/llava_surg/">Model card</a>' in answer_state(answer)["html"]


def known(kind: str, artifact_id: str, card: str) -> ModelFacts:
    return ModelFacts(
        kind=kind,
        name=kind,
        version="1",
        title=f"The {kind}",
        sha256=artifact_id,
        artifact_id=artifact_id,
        card=card,
    )


def test_the_request_carries_window_history_and_facts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(ask(cast, "One?"), FakeAnswerer(words=("One.",)), monkeypatch)
    fake = FakeAnswerer()
    window = Window(start_s=6, end_s=40)
    follow_up = question_ask(actor=page_actor(cast.alice), video=cast.video, text="Two?", parent=first, window=window)
    run(follow_up, fake, monkeypatch)
    (request,) = fake.requests
    assert [(turn.question, turn.answer) for turn in request.history] == [("One?", "One.")]
    assert (request.question, request.window_start_s, request.window_end_s) == ("Two?", 6, 40)
    assert isinstance(request.features_path, Path)


def test_a_stop_keeps_what_was_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(cast)

    def stop_at_third(index: int) -> None:
        if index == 3:
            answer_stop(Answer.objects.select_related("job").get(pk=answer.pk), actor=page_actor(cast.alice))

    monkeypatch.setattr(answer_tasks, "STOP_FLAG_POLL_S", 0.0)
    run(answer, FakeAnswerer(before_word=stop_at_third), monkeypatch)
    assert (answer.status, answer.text) == ("stopped", "A grasper is")
    assert answer.job is not None
    assert answer.job.status == Job.Status.CANCELLED


@pytest.mark.parametrize("error", [EngineFailed("The model was lost."), ModelUntrained("Not trained."), EngineFailed()])
def test_a_failure_keeps_the_words_and_gives_the_reason(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, error: InferenceError
) -> None:
    answer = run(ask(cast), failing_answerer(error), monkeypatch)
    assert (answer.status, answer.text.strip(), answer.error_code) == ("failed", "It broke", error.code)
    assert answer.error_message


def test_an_unknown_error_shows_no_inside(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(_index: int) -> None:
        raise RuntimeError("secret path /srv/x")

    answer = run(ask(cast), FakeAnswerer(before_word=explode), monkeypatch)
    assert answer.status == "failed"
    assert "secret" not in answer.error_message


def test_an_answer_without_words_is_a_failure(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(ask(cast), FakeAnswerer(words=(" ",)), monkeypatch).status == "failed"


def test_not_enough_evidence_is_kept_as_such(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = run(ask(cast), insufficient_answerer(), monkeypatch)
    assert (answer.status, answer.is_insufficient) == ("finished", True)


def test_an_answer_that_met_the_token_limit_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    whole = run(ask(cast), FakeAnswerer(), monkeypatch)
    settings.ANSWER_MAX_TOKENS = len(FakeAnswerer().words)
    cut_off = run(ask(cast, "And then?", parent=whole), FakeAnswerer(), monkeypatch)
    notice = "Cut off at the longest answer"
    assert notice not in answer_state(whole)["html"]
    assert notice in answer_state(cut_off)["html"]


def test_a_second_delivery_does_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = run(ask(cast), FakeAnswerer(), monkeypatch)
    again = FakeAnswerer(words=("Other.",))
    run(answer, again, monkeypatch)
    assert not again.requests
    assert answer.text == FakeAnswerer().text


def test_missing_features_are_a_reason(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    content_paths(cast.video.hospital_id, cast.video.content.sha256).features.unlink()
    answer = run(ask(cast), FakeAnswerer(), monkeypatch)
    assert answer.status == "failed"
    assert "missing" in answer.error_message


def test_without_redis_the_answer_still_reaches_the_row(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    answer = ask(cast)

    def lose_redis(index: int) -> None:
        if index == 2:
            settings.STREAMS_URL = f"redis://127.0.0.1:{free_port()}/2"

    fake = FakeAnswerer(before_word=lose_redis)
    run(answer, fake, monkeypatch)
    assert (answer.status, answer.text) == ("finished", fake.text)


def test_redis_that_comes_back_gets_the_whole_text(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    answer, redis_url = ask(cast), settings.STREAMS_URL

    def lose_redis_for_a_while(index: int) -> None:
        settings.STREAMS_URL = f"redis://127.0.0.1:{free_port()}/2" if index in {2, 3} else redis_url

    monkeypatch.setattr("workers.answer_writer.RETRY_NEWS_S", 0.0)
    monkeypatch.setattr("workers.answer_writer.COALESCE_S", 0.0)
    fake = FakeAnswerer(before_word=lose_redis_for_a_while)
    run(answer, fake, monkeypatch)
    assert streamed(answer) == fake.text


def test_an_answer_deleted_while_it_is_written_leaves_no_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(cast)

    def delete_video(index: int) -> None:
        if index == 2:
            video_delete(Video.objects.get(), actor=page_actor(cast.alice))

    monkeypatch.setattr(runtime, "answering", lambda: answering_with(FakeAnswerer(before_word=delete_video)))
    answer_tasks.answer_question(str(answer.job_id), "answer")
    assert not Answer.objects.exists()
    assert events.read_after(news.stream_key(answer.pk)) == []
