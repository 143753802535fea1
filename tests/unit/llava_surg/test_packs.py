"""A pack of questions must be what each question is alone, or training and serving differ."""

import torch

from inference.engines.chat_format import ChatMl
from inference.engines.local.encoding import embed_half, encode_chat
from inference.evidence.fact import Fact
from inference.llava_surg.answering.prompt import question_messages, shared_messages
from inference.llava_surg.projector import Projector
from inference.llava_surg.schema import Turn
from inference.llava_surg.training.learner import Learner, LoraOptions
from inference.llava_surg.training.packs import (
    DECISION_WEIGHT,
    FIRST_TOKEN_WEIGHT,
    IGNORED,
    Clip,
    attention_mask,
    make_pack,
    with_visual,
)
from inference.llava_surg.training.questions.builder import Question
from tests.fakes_engine import END_ID, ByteTokenizer, tiny_llama
from tests.fakes_video import tiny_config

FACTS = (Fact(lane="instrument", label="hook", start_s=1, end_s=4, probability=0.9),)
QUESTIONS = tuple(
    Question(text=f"Question {n}?", answer="Yes." * (n + 1), level="observation", kind="k") for n in range(3)
)
HISTORY = ((), (Turn(question="Before?", answer="No."),), ())


def new_clip(*, has_video: bool) -> Clip:
    visual = torch.randn(6, 8, generator=torch.Generator().manual_seed(3)) if has_video else None
    return Clip(facts=FACTS, start_s=0.0, end_s=5.0, visual=visual)


def packed_logits(clip: Clip) -> list[torch.Tensor]:
    """The logits before each answer's first token, from one pass over the whole pack."""
    model, projector = tiny_llama(), new_projector()
    pack = make_pack(clip, QUESTIONS, chat_format=ChatMl(), tokenizer=ByteTokenizer(), end_id=END_ID, histories=HISTORY)
    visual = None if clip.visual is None else projector.block(clip.visual)
    rows, labels, positions, blocks = with_visual(pack, model.get_input_embeddings()(pack.token_ids), visual)
    logits = model(
        inputs_embeds=rows[None], position_ids=positions[None], attention_mask=attention_mask(blocks), use_cache=False
    ).logits[0]
    starts = [int(torch.nonzero((blocks == n) & (labels != IGNORED))[0]) for n in (1, 2, 3)]
    return [logits[at - 1] for at in starts]


def alone_logits(clip: Clip) -> list[torch.Tensor]:
    model, projector = tiny_llama(), new_projector()
    shared = shared_messages(facts=FACTS, start_s=0.0, end_s=5.0, has_video=clip.visual is not None)
    visual = None if clip.visual is None else projector.block(clip.visual)
    found = []
    for question, history in zip(QUESTIONS, HISTORY, strict=True):
        chat = encode_chat(
            (*shared, *question_messages(question.text, history)), chat_format=ChatMl(), tokenizer=ByteTokenizer()
        )
        halves = [
            embed_half(half, embed=model.get_input_embeddings(), visual=visual) for half in (chat.shared, chat.rest)
        ]
        found.append(model(inputs_embeds=torch.cat(halves, dim=1)).logits[0, -1])
    return found


def new_projector() -> Projector:
    torch.manual_seed(5)
    return Projector(tiny_config())


def test_each_question_of_a_pack_sees_what_it_would_alone() -> None:
    for has_video in (True, False):
        clip = new_clip(has_video=has_video)
        for packed, alone in zip(packed_logits(clip), alone_logits(clip), strict=True):
            torch.testing.assert_close(packed, alone, atol=1e-4, rtol=1e-4)


def test_a_decision_weighs_as_much_as_the_sentence_beside_it() -> None:
    questions = (
        Question(text="Is it?", answer="Yes.", level="observation", kind="phase_yes_no", expected="yes"),
        Question(text="What?", answer="A hook.", level="observation", kind="instruments"),
    )
    pack = make_pack(
        new_clip(has_video=False), questions, chat_format=ChatMl(), tokenizer=ByteTokenizer(), end_id=END_ID
    )
    of_question = pack.blocks[pack.labels != IGNORED]

    assert len(pack.weights) == int((pack.labels != IGNORED).sum())
    assert pack.weights[of_question == 1].tolist() == [DECISION_WEIGHT, *[1.0] * len("Yes.")]
    assert pack.weights[of_question == 2].tolist() == [FIRST_TOKEN_WEIGHT, *[1.0] * len("A hook.")]


def test_a_step_moves_adapter_and_projector_and_nothing_else() -> None:
    model = tiny_llama()
    learner = Learner(
        model=model, tokenizer=ByteTokenizer(), projector=new_projector(), lora=LoraOptions(rank=2), end_id=END_ID
    )
    clip = new_clip(has_video=True)
    pack = make_pack(clip, QUESTIONS, chat_format=ChatMl(), tokenizer=ByteTokenizer(), end_id=END_ID)

    result = learner.train_on([(pack, clip)])

    moved = {name for name, value in learner.adapter.named_parameters() if value.grad is not None}
    assert moved
    assert all("lora_" in name for name in moved)
    assert all(value.grad is not None for value in learner.projector.parameters())
    assert result.num_answers == len(QUESTIONS)
