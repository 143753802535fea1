"""The served path against vLLM itself: it does what our engine asks, and as the engine in this process does it."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from pydantic import BaseModel, ConfigDict

from inference.engines.local.base_model import LanguageModel
from inference.engines.local.engine import LocalEngine
from inference.engines.openai import OpenAiEngine
from inference.engines.protocol import (
    BASE_WEIGHTS,
    GenerationDone,
    GenerationRequest,
    LanguageEngine,
    Message,
    SamplingOptions,
    complete,
)
from inference.engines.sampling import EngineSampler
from inference.errors import EngineFailed, PromptTooLong
from inference.evidence.fact import Fact
from inference.evidence.watched import watched_outputs
from inference.llava_surg.answering.served import ServedAnswerer, ServedOptions
from inference.llava_surg.gate.answerer import GatedAnswerer
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest
from inference.models.catalogue import DEFAULT
from inference.progress import never_stop
from tests.clips import write_counting_clip

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.timeout(900)]

FACTS = (
    Fact(lane="phase", label="gallbladder-dissection", start_s=0, end_s=30, probability=0.9),
    Fact(lane="instrument", label="grasper", start_s=0, end_s=30, probability=0.9),
    Fact(lane="instrument", label="hook", start_s=3, end_s=21, probability=0.8),
    Fact(lane="verb", label="dissect", start_s=3, end_s=21, probability=0.8),
)
WATCHED = watched_outputs([f"{fact.lane}/{fact.label}" for fact in FACTS] + ["instrument/clipper"])
TIMELINE = "Clip 0-30 s.\nphase: gallbladder dissection 0-30 likely\ninstrument: grasper 0-30 likely; hook 3-21 likely"
QUESTIONS = (
    *("Which instruments are visible?", "What is the surgeon doing?", "Why is the hook used?", "What comes next?"),
    *("Describe the video.", "Which phase is this?", "When is the hook visible?", "How long is the grasper seen?"),
    *("Is a clipper used?", "Name one organ.", "Count to ten.", "What is the aim of this phase?"),
    *("Say hello in three languages.", "What is a gallbladder?", "List two dangers of surgery.", "What is blue?"),
    *("Write a sentence about bile.", "Explain traction.", "Which hand holds the grasper?", "Is there bleeding?"),
)


def asked(question: str, **more: Any) -> GenerationRequest:
    options = {"max_tokens": 32} | more.pop("options", {})
    messages = (
        Message(role="system", text="You answer questions about a surgical video.", is_shared=True),
        Message(role="user", text=f"{TIMELINE}\n{question}"),
    )
    return GenerationRequest(messages=messages, options=SamplingOptions(**options), **more)


def all_complete(engine: LanguageEngine, requests: list[GenerationRequest]) -> list[str]:
    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(lambda request: complete(engine, request).text, requests))


def answer(engine: LanguageEngine, question: str, samples: Path | None = None) -> tuple[str, AnswerDone]:
    inner = ServedAnswerer(engine=engine, watched=WATCHED, options=ServedOptions(max_tokens=96))
    request = AnswerRequest(
        features_path=Path("none"), samples_path=samples, duration_s=30.0, question=question, facts=FACTS
    )
    parts = list(GatedAnswerer(inner, watched=WATCHED).stream(request, never_stop))
    assert isinstance(parts[-1], AnswerDone)
    return "".join(part.text for part in parts if isinstance(part, AnswerDelta)), parts[-1]


def test_a_model_that_reads_text_alone_is_found_out_and_answers_by_the_timeline(
    served: OpenAiEngine, tmp_path: Path
) -> None:
    text, done = answer(served, "What is the surgeon doing?", write_counting_clip(tmp_path / "samples.mp4", seconds=2))

    assert served.visual_kind == "none"
    assert "dissect" in text.lower()
    assert done.model_name == DEFAULT.name, "the model had no part in it"
    assert done.num_tokens > 0
    assert {claim.verdict for claim in done.claims or ()} == {"supported"}


@pytest.mark.parametrize("question", ["Is a swab left behind?", "Why did the surgeon clip the artery?"])
def test_what_the_timeline_does_not_carry_does_not_pass_from_a_server_either(
    served: OpenAiEngine, question: str
) -> None:
    text, done = answer(served, question)

    assert done.is_insufficient
    assert not done.claims
    assert re.search(r"swab|clip|artery", text)


def test_an_adapter_is_loaded_while_the_server_runs_and_answers_as_in_this_process(
    served: OpenAiEngine, local: LocalEngine, adapted: str
) -> None:
    requests = [asked(question) for question in QUESTIONS[:4]]
    with_adapter = all_complete(served, [request_of(request, adapted) for request in requests])

    assert with_adapter != all_complete(served, [request_of(request, BASE_WEIGHTS) for request in requests])
    assert with_adapter == all_complete(local, [request_of(request, adapted) for request in requests])


def request_of(request: GenerationRequest, adapter: str) -> GenerationRequest:
    return GenerationRequest(messages=request.messages, options=request.options, adapter=adapter)


def test_an_adapter_that_was_never_loaded_is_refused(served: OpenAiEngine) -> None:
    with pytest.raises(EngineFailed):
        complete(served, asked("What?", adapter="no-such-round"))
    with pytest.raises(EngineFailed):
        served.load_adapter("nowhere", Path("no/such/folder"))


class Seen(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    instrument: Literal["grasper", "hook", "clipper"]
    is_sure: bool


def test_an_answer_fits_the_schema_it_was_asked_for(served: OpenAiEngine) -> None:
    found = complete(
        served, asked("Write a poem about the sea.", json_schema=Seen.model_json_schema(), options={"max_tokens": 60})
    )

    assert not found.is_cut_off
    Seen.model_validate_json(found.text)


def test_log_probabilities_are_those_of_the_engine_in_this_process(served: OpenAiEngine, local: LocalEngine) -> None:
    request = asked("What is the surgeon doing?", options={"max_tokens": 12, "with_log_probabilities": True})
    theirs, ours = complete(served, request).done, complete(local, request).done

    assert len(theirs.log_probabilities) == theirs.num_tokens == ours.num_tokens
    assert theirs.log_probabilities == pytest.approx(ours.log_probabilities, abs=0.02)


def test_an_answer_begun_is_continued_and_not_begun_again(served: OpenAiEngine, local: LocalEngine) -> None:
    begun = asked("What is the surgeon doing?", prefix="The surgeon uses the hook to")
    continued = complete(served, begun).text

    assert not continued.lstrip().startswith("The surgeon uses")
    assert continued == complete(local, begun).text


def test_several_samples_differ_and_a_seed_repeats_them(served: OpenAiEngine) -> None:
    request = asked("Describe the video.", options={"temperature": 1.0, "seed": 3, "max_tokens": 16})
    first, again = (EngineSampler(served).sample(request, 3) for _ in range(2))

    assert len({one.text for one in first}) == 3
    assert [one.text for one in first] == [one.text for one in again]


def test_a_stop_before_the_first_token_frees_the_server(served: OpenAiEngine, server_url: str) -> None:
    # Long, and never asked before: reading it takes longer than noticing that it is being read.
    unread = " ".join(f"{time.time_ns()} {number}" for number in range(60))
    endless = asked(f"Count on: {unread}", options={"max_tokens": 200})
    (done,) = served.stream(endless, lambda: num_running(server_url) > 0)

    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "cancelled"
    deadline_s = time.monotonic() + 60
    while num_running(server_url) and time.monotonic() < deadline_s:
        time.sleep(0.2)
    assert num_running(server_url) == 0, "the server goes on writing for nobody"


def num_running(server_url: str) -> float:
    metrics = httpx2.get(server_url.removesuffix("/v1") + "/metrics", timeout=30).text
    return sum(
        float(row.split()[-1]) for row in re.findall(r"^vllm:num_requests_(?:running|waiting)\{.*$", metrics, re.M)
    )


def test_a_question_that_does_not_fit_is_too_long_and_no_failure(served: OpenAiEngine) -> None:
    with pytest.raises(PromptTooLong):
        complete(served, asked("word " * 4000))


def test_both_engines_choose_the_same_tokens(served: OpenAiEngine, local: LocalEngine, base: LanguageModel) -> None:
    requests = [asked(question) for question in QUESTIONS]
    theirs, ours = all_complete(served, requests), all_complete(local, requests)
    pairs = [(tokens(base, one), tokens(base, other)) for one, other in zip(theirs, ours, strict=True)]
    same = sum(left == right for one, other in pairs for left, right in zip(one, other, strict=False))
    total = sum(max(len(one), len(other)) for one, other in pairs)
    print(f"\n{same} of {total} greedy tokens of {len(pairs)} prompts are the same: {same / total:.3f}")

    assert total > 10 * len(pairs)
    assert same / total >= 0.95


def tokens(base: LanguageModel, text: str) -> list[int]:
    return list(base.tokenizer.encode(text, add_special_tokens=False))
