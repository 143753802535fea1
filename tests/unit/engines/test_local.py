"""The engine in this process against plain, unbatched, uncached decoding of the same model."""

import threading
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from inference.engines.chat_format import ChatMl
from inference.engines.local.encoding import embed_half, encode_chat
from inference.engines.local.engine import LocalEngine, LocalEngineOptions
from inference.engines.local.kv_slots import KvSlots, RowCache
from inference.engines.protocol import (
    GenerationDone,
    GenerationRequest,
    Message,
    SamplingOptions,
    TextDelta,
    VisualInput,
    complete,
)
from inference.engines.sampling import EngineSampler
from inference.errors import EngineFailed, PromptTooLong
from inference.progress import never_stop
from tests.fakes_engine import ByteTokenizer, tiny_llama


def visual(seed: int, num_rows: int = 5) -> VisualInput:
    generator = torch.Generator().manual_seed(seed)
    return VisualInput(key=f"video-{seed}", embeddings=torch.randn(num_rows, 32, generator=generator))


def request(question: str, *, video: VisualInput | None = None, max_tokens: int = 12, **more: Any) -> GenerationRequest:
    return GenerationRequest(
        messages=(
            Message(role="system", text="Answer.", is_shared=True),
            Message(role="user", text="<video>", is_shared=True),
            Message(role="user", text=question),
        ),
        visual=video or visual(1),
        options=SamplingOptions(max_tokens=max_tokens, **more),
    )


def new_engine(**options: Any) -> LocalEngine:
    return LocalEngine(
        model=tiny_llama(),
        tokenizer=ByteTokenizer(),
        chat_format=ChatMl(),
        name="tiny",
        options=LocalEngineOptions(**options),
    )


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return new_engine()


def greedy_reference(asked: GenerationRequest) -> str:
    """Every token from a full forward pass over everything before it."""
    model, tokenizer = tiny_llama(), ByteTokenizer()
    chat = encode_chat(asked.messages, chat_format=ChatMl(), tokenizer=tokenizer, prefix=asked.prefix)
    embed, rows = model.get_input_embeddings(), asked.visual.embeddings if asked.visual else None
    embeddings = torch.cat([embed_half(half, embed=embed, visual=rows) for half in (chat.shared, chat.rest)], dim=1)
    tokens: list[int] = []
    with torch.inference_mode():
        while len(tokens) < asked.options.max_tokens:
            token = int(model(inputs_embeds=embeddings).logits[0, -1].argmax())
            if token == model.config.eos_token_id:
                break
            tokens.append(token)
            embeddings = torch.cat([embeddings, embed(torch.tensor([[token]]))], dim=1)
    return tokenizer.decode(tokens, skip_special_tokens=True)


def last(engine: LocalEngine, asked: GenerationRequest) -> GenerationDone:
    done = list(engine.stream(asked, never_stop))[-1]
    assert isinstance(done, GenerationDone)
    return done


def test_greedy_text_equals_plain_decoding(engine: LocalEngine) -> None:
    asked = request("What is visible?")

    assert complete(engine, asked).text == greedy_reference(asked)


def test_answers_in_one_batch_equal_answers_alone(engine: LocalEngine) -> None:
    asked = [request(f"Question {n} {'long ' * n}?", video=visual(n % 3), max_tokens=5 + 3 * n) for n in range(8)]
    texts: dict[int, str] = {}

    def ask(n: int) -> None:
        texts[n] = complete(engine, asked[n]).text

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [texts[n] for n in range(len(asked))] == [greedy_reference(one) for one in asked]


def test_the_second_question_reads_only_the_question() -> None:
    engine = new_engine()
    first = last(engine, request("Which phase?"))
    second = last(engine, request("And why?"))

    assert first.num_cached_tokens == 0
    assert 0 < second.num_prompt_tokens - second.num_cached_tokens < len("And why?") + 20


def test_another_video_shares_nothing() -> None:
    engine = new_engine()
    last(engine, request("Which phase?", video=visual(1)))

    assert last(engine, request("Which phase?", video=visual(2))).num_cached_tokens == 0


def test_kept_prefixes_stay_within_their_bytes() -> None:
    engine = new_engine(max_prefix_bytes=60_000)
    for seed in range(6):
        complete(engine, request("Which?", video=visual(seed)))

    assert 0 < engine.batcher.prefixes.num_bytes <= 60_000


def test_logits_on_a_kept_prefix_equal_a_full_prefill() -> None:
    model = tiny_llama()
    tokens = torch.randint(0, 256, (1, 40))
    embed = model.get_input_embeddings()
    with torch.inference_mode():
        full = model(input_ids=tokens).logits[0, -1]
        source, target = new_slots(model), new_slots(model)
        prefill(model, embed(tokens[:, :25]), slots=source, row=source.add(prefix=None, capacity=25))
        row = target.add(prefix=source.snapshot(0), capacity=64)
        resumed = prefill(model, embed(tokens[:, 25:]), slots=target, row=row)

    assert torch.allclose(full, resumed, atol=1e-4)


def new_slots(model: Any) -> KvSlots:
    from inference.engines.local.batcher import _kv_shape

    return KvSlots(_kv_shape(model))


def prefill(model: Any, embeddings: Tensor, *, slots: KvSlots, row: int) -> Tensor:
    from inference.engines.local.batcher import _causal_mask

    start, num_new = slots.lengths[row], embeddings.shape[1]
    cache = RowCache(slots, row)
    output = model(
        inputs_embeds=embeddings,
        position_ids=torch.arange(start, start + num_new)[None],
        attention_mask=_causal_mask(start=start, num_new=num_new),
        past_key_values=cache,
        use_cache=True,
    )
    cache.commit(num_new)
    logits: Tensor = output.logits[0, -1]
    return logits


def test_it_stops_between_tokens_when_asked(engine: LocalEngine) -> None:
    seen: list[str] = []
    parts = engine.stream(request("Go on", max_tokens=400), lambda: len(seen) >= 3)
    for part in parts:
        if isinstance(part, TextDelta):
            seen.append(part.text)
    assert isinstance(part, GenerationDone)
    assert part.finish_reason == "cancelled"
    assert part.num_tokens < 200


def test_a_reader_that_leaves_frees_its_place(engine: LocalEngine) -> None:
    parts = engine.stream(request("Go on", max_tokens=2000 - 200), never_stop)
    next(parts)
    parts.close()  # type: ignore[attr-defined]

    assert complete(engine, request("Next?")).text == greedy_reference(request("Next?"))


def test_old_turns_go_before_the_video_does() -> None:
    engine = new_engine(context_tokens=200)
    asked = request("Now?")
    old = tuple(Message(role=role, text=f"{role} {n} " * 4) for n in range(9) for role in ("user", "assistant"))
    long = GenerationRequest(
        messages=(*asked.messages[:2], *old, asked.messages[2]), visual=asked.visual, options=asked.options
    )

    done = last(engine, long)

    assert done.num_prompt_tokens <= 200 - 12
    assert engine.batcher.prefixes.num_bytes > 0


def test_a_question_that_cannot_fit_is_refused_at_once() -> None:
    with pytest.raises(PromptTooLong, match="too long"):
        new_engine(context_tokens=100).stream(request("why " * 100), never_stop)


def test_a_stop_string_ends_the_answer_and_is_not_shown(engine: LocalEngine) -> None:
    whole = complete(engine, request("Say", max_tokens=30)).text
    stop = next(char for char in whole[3:] if char not in whole[:3])

    assert complete(engine, request("Say", max_tokens=30, stop=(stop,))).text == whole.split(stop)[0]


def test_sampling_with_a_seed_repeats_itself(engine: LocalEngine) -> None:
    asked = request("Say", temperature=1.5, top_p=0.9, seed=7)

    assert complete(engine, asked).text == complete(engine, asked).text


def test_an_answer_begun_is_continued_as_if_it_had_been_written_here(engine: LocalEngine) -> None:
    begun = replace(request("Say"), prefix="First, ")

    assert complete(engine, begun).text == greedy_reference(begun)
    assert complete(engine, begun).text != complete(engine, request("Say")).text


def test_log_probabilities_are_the_models_own_and_one_a_token(engine: LocalEngine) -> None:
    done = complete(engine, request("Say", temperature=1.5, seed=3, with_log_probabilities=True)).done
    first = done.token_ids[0]
    model, asked = tiny_llama(), request("Say")
    chat = encode_chat(asked.messages, chat_format=ChatMl(), tokenizer=ByteTokenizer())
    halves = [
        embed_half(half, embed=model.get_input_embeddings(), visual=asked.visual.embeddings)
        for half in (chat.shared, chat.rest)
    ]
    with torch.inference_mode():
        logits = model(inputs_embeds=torch.cat(halves, dim=1)).logits[0, -1]

    assert len(done.log_probabilities) == len(done.token_ids) == done.num_tokens
    assert done.log_probabilities[0] == pytest.approx(float(torch.log_softmax(logits, -1)[first]), abs=1e-4)


def test_samples_differ_and_repeat_themselves_by_seed(engine: LocalEngine) -> None:
    asked = request("Say", temperature=1.5, seed=11)
    texts = [answer.text for answer in EngineSampler(engine).sample(asked, 4)]

    assert len(set(texts)) > 1
    assert [answer.text for answer in EngineSampler(engine).sample(asked, 4)] == texts


def test_a_prompt_that_cannot_be_read_fails_alone() -> None:
    engine = new_engine()
    wrong = VisualInput(key="wrong", embeddings=torch.randn(5, 16))
    running = engine.stream(request("Go on", max_tokens=60), never_stop)
    begun = next(iter(running))

    with pytest.raises(EngineFailed):
        complete(engine, request("What?", video=wrong))
    rest = "".join(part.text for part in running if isinstance(part, TextDelta))
    assert isinstance(begun, TextDelta)
    assert begun.text + rest == greedy_reference(request("Go on", max_tokens=60))


def test_an_end_token_as_the_last_allowed_token_is_no_cut(engine: LocalEngine) -> None:
    free = complete(engine, request("Say", max_tokens=6)).done
    ending = LocalEngine(
        model=tiny_llama(end_id=free.token_ids[5]), tokenizer=ByteTokenizer(), chat_format=ChatMl(), name="tiny"
    )
    at = free.token_ids.index(free.token_ids[5])

    done = complete(ending, request("Say", max_tokens=at + 1)).done
    assert (done.finish_reason, done.num_tokens) == ("stop", at + 1)


def test_a_schema_is_refused_without_a_grammar(engine: LocalEngine) -> None:
    with pytest.raises(EngineFailed, match="JSON schema"):
        engine.stream(replace(request("Say"), json_schema={"type": "object"}), never_stop)
