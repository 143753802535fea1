"""A question about a video as a chat: the system's words, the video block with its timeline, history, question.

Everything before the first question is the same for every question on a window, so an engine keeps its work on it.
With `is_video_first` off the video stands after the question, as in Video-ChatGPT; then nothing can be kept.
"""

from collections.abc import Sequence

from inference.engines.chat_format import neutralise
from inference.engines.protocol import VISUAL_SLOT, Message
from inference.evidence.fact import Fact
from inference.llava_surg.answering.timeline_text import timeline_text
from inference.llava_surg.config import LlavaSurgConfig
from inference.llava_surg.schema import AnswerRequest, Turn

SYSTEM = (
    "You answer questions about a surgical video. Use only the video and its timeline. Cite seconds as [[t=a-b]]. "
    "If the evidence is weak, say: Not enough evidence."
)
VICUNA_SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions."
)


def shared_messages(*, facts: Sequence[Fact], start_s: float, end_s: float, has_video: bool) -> tuple[Message, ...]:
    """System and video block of our own model; `has_video` off leaves only the timeline."""
    timeline = timeline_text(facts, start_s=start_s, end_s=end_s)
    text = f"{VISUAL_SLOT}\n{timeline}" if has_video else timeline
    return (
        Message(role="system", text=SYSTEM, is_shared=True),
        Message(role="user", text=text, is_shared=True),
    )


def question_messages(question: str, history: Sequence[Turn] = ()) -> tuple[Message, ...]:
    turns: list[Message] = []
    for turn in history:
        turns.append(Message(role="user", text=neutralise(turn.question)))
        turns.append(Message(role="assistant", text=neutralise(turn.answer)))
    return (*turns, Message(role="user", text=neutralise(question)))


def build_messages(
    request: AnswerRequest, *, config: LlavaSurgConfig, window: tuple[float, float], has_video: bool
) -> tuple[Message, ...]:
    if config.is_video_first:
        shared = shared_messages(facts=request.facts, start_s=window[0], end_s=window[1], has_video=has_video)
        return (*shared, *question_messages(request.question, request.history))
    return faithful_messages(request.question, request.history)


def faithful_messages(question: str, history: Sequence[Turn] = ()) -> tuple[Message, ...]:
    """Video-ChatGPT's order: the first question, a line break, the video."""
    turns = list(question_messages(question, history))
    turns[0] = Message(role="user", text=f"{turns[0].text}\n{VISUAL_SLOT}")
    return (Message(role="system", text=VICUNA_SYSTEM, is_shared=True), *turns)
