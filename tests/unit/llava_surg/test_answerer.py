"""From a feature store and a question to a streamed answer."""

from pathlib import Path
from typing import Any

import pytest

from inference.errors import ModelUntrained
from inference.evidence.fact import Fact
from inference.llava_surg.answering.answerer import LlavaSurgAnswerer
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest, Turn
from inference.progress import never_stop
from tests.fakes_video import tiny_answerer, write_store

HOOK = Fact(lane="instrument", label="hook", start_s=1, end_s=4, probability=0.9)


def request(path: Path, **more: Any) -> AnswerRequest:
    return AnswerRequest(features_path=path, duration_s=12.0, **({"question": "Which instruments?"} | more))


def ask(answerer: LlavaSurgAnswerer, asked: AnswerRequest) -> tuple[str, AnswerDone]:
    parts = list(answerer.stream(asked, never_stop))
    done = parts[-1]
    assert isinstance(done, AnswerDone)
    return "".join(part.text for part in parts if isinstance(part, AnswerDelta)), done


def test_an_answer_ends_with_who_wrote_it(tmp_path: Path) -> None:
    _, done = ask(tiny_answerer(), request(write_store(tmp_path / "features.safetensors")))

    assert (done.model_name, done.adapter, done.num_tokens) == ("tiny", "llava-surg-0000", 8)
    assert done.was_stopped  # the token limit ended it


def test_another_video_gives_another_answer(tmp_path: Path) -> None:
    answerer = tiny_answerer(max_tokens=16)
    texts = {ask(answerer, request(write_store(tmp_path / f"{seed}.safetensors", seed=seed)))[0] for seed in range(4)}

    assert len(texts) > 1


def test_two_windows_of_one_video_are_kept_apart(tmp_path: Path) -> None:
    answerer, path = tiny_answerer(), write_store(tmp_path / "features.safetensors")
    for window in ((0.0, 4.0), (4.0, 9.0), (0.0, 4.0)):
        ask(answerer, request(path, window_start_s=window[0], window_end_s=window[1]))

    assert len({visual.key for visual in answerer._kept.values()}) == 2


def test_features_that_were_made_anew_are_not_mistaken_for_the_old(tmp_path: Path) -> None:
    answerer, path = tiny_answerer(), tmp_path / "features.safetensors"
    ask(answerer, request(write_store(path, seed=1)))
    ask(answerer, request(write_store(path, seed=2)))

    assert len(answerer._kept) == 2


def test_features_of_another_tower_leave_only_the_timeline(tmp_path: Path) -> None:
    answerer, path = tiny_answerer(), write_store(tmp_path / "features.safetensors", encoder_id="tower-b")
    ask(answerer, request(path, facts=(HOOK,)))

    assert not answerer._kept


def test_without_tokens_or_timeline_nothing_is_made_up(tmp_path: Path) -> None:
    path = write_store(tmp_path / "features.safetensors", encoder_id="tower-b")

    with pytest.raises(ModelUntrained):
        ask(tiny_answerer(), request(path))


def test_a_long_history_is_no_obstacle(tmp_path: Path) -> None:
    history = tuple(Turn(question="Why? " * 30, answer="Because. " * 30) for _ in range(40))
    _, done = ask(tiny_answerer(), request(write_store(tmp_path / "features.safetensors"), history=history))

    assert done.num_tokens == 8


def test_stopping_ends_the_answer(tmp_path: Path) -> None:
    path = write_store(tmp_path / "features.safetensors")
    parts = list(tiny_answerer(max_tokens=500).stream(request(path), lambda: True))

    assert isinstance(parts[-1], AnswerDone)
    assert parts[-1].was_stopped
