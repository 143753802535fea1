"""The gate that every answer goes through, whichever engine wrote it: what the timeline does not carry does not pass.

What the timeline can compute is computed. Where reasons and actions are asked, the model speaks first and each of its
sentences is checked before anybody sees it; what the timeline holds beyond that is added. If nothing passes, the reply
is a refusal that names what was asked and says why.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from inference.evidence.lanes import Key
from inference.evidence.watched import Watched, watch_over
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.language import ENGLISH
from inference.llava_surg.asked.question import understand
from inference.llava_surg.asked.several import several_in
from inference.llava_surg.gate.passing import Passing
from inference.llava_surg.gate.sentence_stream import SentenceStream
from inference.llava_surg.gate.told import ToldClaims
from inference.llava_surg.replies.compute import computed
from inference.llava_surg.replies.languages import phrases_of
from inference.llava_surg.replies.reply import Reply, Sentence, joined, refusal
from inference.llava_surg.replies.view import View
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest, Turn, VideoAnswerer
from inference.progress import StopCheck

# Who wrote an answer in which no language model had a part.
TIMELINE_READER = "timeline"
# What a model may add to: what is done, why, and what comes next.
MODEL_SPEAKS = frozenset({Intent.DOING, Intent.WHY, Intent.NEXT})


@dataclass(slots=True)
class _Written:
    """What has been told so far; `done` is the model's own end, if it spoke."""

    claims: ToldClaims
    ttft_s: float = 0.0
    done: AnswerDone | None = None
    told: set[Key] = field(default_factory=set)


class GatedAnswerer:
    """A VideoAnswerer around another. `watched`: what the timeline's heads look for."""

    def __init__(self, inner: VideoAnswerer, *, watched: Watched) -> None:
        self._inner = inner
        self._watched = watched

    def stream(self, request: AnswerRequest, should_stop: StopCheck) -> Iterator[AnswerDelta | AnswerDone]:
        """Yields whole sentences, then one AnswerDone with a claim for each that states something."""
        asked_at_s = time.perf_counter()
        written = _Written(claims=ToldClaims(request.duration_s))
        questions = several_in(request.question)
        if len(questions) > 1:
            reply = self._each(questions, request)
        else:
            asked = self._understood(request.question, request)
            view = self._view(asked, request)
            told = computed(asked, view, duration_s=request.duration_s)
            if _model_may_speak(asked, told):
                for text in self._checked(request, asked, view, written, should_stop):
                    written.ttft_s = written.ttft_s or time.perf_counter() - asked_at_s
                    yield AnswerDelta(text=text)
            reply = _of_its_kind(told or refusal(_nothing_passed(asked)), view)
        for sentence in self._rest(reply, written):
            written.ttft_s = written.ttft_s or time.perf_counter() - asked_at_s
            yield AnswerDelta(text=written.claims.tell(sentence))
        yield _done(reply, written)

    def _understood(self, question: str, request: AnswerRequest, earlier: Sequence[str] = ()) -> Asked:
        """`earlier`: questions of the same turn that stand before it."""
        return understand(
            question,
            duration_s=request.duration_s,
            history=(*request.history, *(Turn(question=one, answer="") for one in earlier)),
            others=tuple(dict.fromkeys(fact.key for fact in request.facts)),
        )

    def _each(self, questions: Sequence[str], request: AnswerRequest) -> Reply:
        """Several questions of one turn, each answered by code; what is said once is not said again."""
        replies: list[Reply] = []
        for place, question in enumerate(questions):
            asked = self._understood(question, request, questions[:place])
            view = self._view(asked, request)
            reply = computed(asked, view, duration_s=request.duration_s)
            replies.append(_of_its_kind(reply or refusal(_nothing_passed(asked)), view))
        return joined(replies)

    def _view(self, asked: Asked, request: AnswerRequest) -> View:
        start_s, end_s = asked_seconds(asked, request)
        watch = watch_over(request.facts, watched=self._watched, duration_s=request.duration_s)
        return View(facts=request.facts, watch=watch, start_s=start_s, end_s=end_s)

    def _checked(
        self, request: AnswerRequest, asked: Asked, view: View, written: _Written, should_stop: StopCheck
    ) -> Iterator[str]:
        """The model's sentences that pass, with citations as narrow as their facts."""
        sentences, passing = SentenceStream(), Passing(asked=asked, view=view)
        with closing(self._inner.stream(request, should_stop)) as parts:  # type: ignore[type-var]
            for part in parts:
                whole = self._whole(part, sentences, written)
                for text in whole:
                    sentence = passing.admitted(text, told=written.told)
                    if sentence is not None:
                        written.told.update(fact.key for fact in sentence.facts)
                        yield written.claims.tell(sentence)

    @staticmethod
    def _whole(part: AnswerDelta | AnswerDone, sentences: SentenceStream, written: _Written) -> list[str]:
        if isinstance(part, AnswerDelta):
            return sentences.push(part.text)
        written.done = part
        return sentences.flush(is_cut_off=part.was_stopped)

    @staticmethod
    def _rest(reply: Reply, written: _Written) -> list[Sentence]:
        """What the model's sentences have not told yet."""
        if written.done is not None and written.done.was_stopped and written.told:
            return []
        return [
            sentence
            for sentence in reply.sentences
            if not (written.told and sentence.is_plain and {fact.key for fact in sentence.facts} <= written.told)
        ]


def _of_its_kind(reply: Reply, view: View) -> Reply:
    """Of a video that is no operation and no exercise nothing is claimed."""
    if not view.is_strange:
        return reply
    told = (replace(one, is_claim=False, is_hedged=one.is_answer) for one in reply.sentences)
    return replace(reply, sentences=tuple(told))


def asked_seconds(asked: Asked, request: AnswerRequest) -> tuple[float, float]:
    """The chosen window, and within it the seconds that the question names; all of the video where neither is given."""
    start_s = max(0.0, request.window_start_s or 0.0)
    end_s = min(request.duration_s, request.duration_s if request.window_end_s is None else request.window_end_s)
    if asked.span is None:
        return start_s, end_s
    inside = max(start_s, asked.span[0]), min(end_s, asked.span[1])
    return inside if inside[0] < inside[1] else (start_s, end_s)


def _model_may_speak(asked: Asked, reply: Reply | None) -> bool:
    if (
        asked.language != ENGLISH
        or asked.is_yes_no
        or asked.intent not in MODEL_SPEAKS
        or asked.anchor is not None
        or len(asked.spans) > 1
    ):
        return False
    return reply is not None and not reply.is_insufficient and _can_anything_pass(reply)


def _can_anything_pass(reply: Reply) -> bool:
    """What is not sure is told with its number, by code; a model's sentence about it would not be shown."""
    return any(sentence.is_claim and not sentence.is_numbered for sentence in reply.sentences)


def _nothing_passed(asked: Asked) -> str:
    return phrases_of(asked.language).nothing_passed.format(phrase=asked.phrase)


def _done(reply: Reply, written: _Written) -> AnswerDone:
    model = written.done
    return AnswerDone(
        model_name=model.model_name if model is not None else TIMELINE_READER,
        adapter=model.adapter if model is not None else "",
        ttft_s=written.ttft_s,
        num_tokens=model.num_tokens if model is not None else 0,
        was_stopped=model.was_stopped if model is not None else False,
        is_insufficient=reply.is_insufficient and not written.told,
        claims=written.claims.checked(),
    )
