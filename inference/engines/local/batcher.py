"""The one thread that runs the language model while there are answers: they join and leave between two decode steps.

A new prompt is read with the video's kept prefix if there is one; then every step writes one token to each answer.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from inference.engines.local.answers import PendingAnswer
from inference.engines.local.encoding import EncodedHalf, embed_half
from inference.engines.local.kv_slots import KvShape, KvSlots, RowCache, StepCache
from inference.engines.local.prefix_cache import PrefixCache, PrefixKey
from inference.errors import EngineFailed, InferenceError, ModelMissing

# What a batcher that shares its model with others enters while it computes.
Hold = Callable[[], AbstractContextManager[None]]
# Prompts read between two steps while others are being answered: more would make their readers wait.
MAX_JOINS_PER_STEP = 2
# Room made at once for an answer; a longer one makes more room as it goes.
USUAL_ANSWER_TOKENS = 64
# A thread that waits for answers holds its model in memory, also when another one has taken its place.
IDLE_S = 10.0


class Batcher:
    """`model`: a causal language model in the shape of transformers' LlamaForCausalLM.

    `hold` is entered for each turn.
    """

    def __init__(self, *, model: Any, max_batch: int, max_prefix_bytes: int, hold: Hold = nullcontext) -> None:
        self._model = model
        self._hold = hold
        self._embed: nn.Module = model.get_input_embeddings()
        self._max_batch = max_batch
        self.prefixes = PrefixCache(max_bytes=max_prefix_bytes)
        self._slots = KvSlots(_kv_shape(model))
        self._active: list[PendingAnswer] = []
        self._waiting: deque[PendingAnswer] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, answer: PendingAnswer) -> None:
        with self._wake:
            self._waiting.append(answer)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="language-engine", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _run(self) -> None:
        while self._has_work():
            try:
                with self._hold():
                    self._turn()
            except ModelMissing as error:
                self._fail_waiting(error)
                self._fail_active(error)
            except Exception as error:  # the thread must outlive a failed step: its answers fail, later ones do not
                self._fail_active(error)

    def _has_work(self) -> bool:
        """Waits for some. False after a while without: the thread ends, and the next answer starts another."""
        with self._wake:
            if not self._waiting and not self._active:
                self._slots.release()
                self._wake.wait_for(lambda: self._waiting, timeout=IDLE_S)
            if self._waiting or self._active:
                return True
            self._thread = None
            return False

    @torch.inference_mode()
    def _turn(self) -> None:
        self._join()
        self._drop_ended()
        if self._active:
            self._step()
            self._drop_ended()

    def _join(self) -> None:
        limit = MAX_JOINS_PER_STEP if self._active else self._max_batch
        for _ in range(limit):
            with self._wake:
                if not self._waiting or len(self._active) >= self._max_batch:
                    return
                answer = self._waiting.popleft()
            if answer.is_cancelled:
                answer.finish("cancelled")
                continue
            self._admit(answer)

    def _admit(self, answer: PendingAnswer) -> None:
        """Reads the prompt; one that cannot be read fails alone, its neighbours go on."""
        num_rows = self._slots.num_active
        try:
            logits = self._read_prompt(answer)
            first = answer.choice.pick(logits)
        except Exception as error:
            if self._slots.num_active > num_rows:
                self._slots.remove(num_rows)
            answer.fail(_failure(error))
            return
        self._active.append(answer)
        answer.accept(first)

    def _read_prompt(self, answer: PendingAnswer) -> Tensor:
        """Into a new last row · returns the logits (V,) after its last token."""
        key = _prefix_key(answer)
        kept = self.prefixes.get(key) if key else None
        row = self._slots.add(prefix=kept, capacity=answer.num_prompt_rows + USUAL_ANSWER_TOKENS)
        answer.num_cached_tokens = 0 if kept is None else kept.length
        if key is not None and kept is None:
            self._prefill(row, answer.chat.shared, answer)
            self.prefixes.put(key, self._slots.snapshot(row))
        logits = self._prefill(row, answer.chat.rest, answer)
        answer.num_prompt_tokens = self._slots.lengths[row]
        return logits

    def _prefill(self, row: int, half: EncodedHalf, answer: PendingAnswer) -> Tensor:
        """Reads tokens into the row; returns the logits (V,) after the last."""
        visual = None if answer.visual is None else answer.visual.embeddings
        embeddings = embed_half(half, embed=self._embed, visual=visual)
        cache = RowCache(self._slots, row)
        start, num_new = self._slots.lengths[row], embeddings.shape[1]
        positions = torch.arange(start, start + num_new)
        logits = self._forward(
            embeddings, positions=positions[None], mask=_causal_mask(start=start, num_new=num_new), cache=cache
        )
        cache.commit(num_new)
        return logits[0]

    def _step(self) -> None:
        self._slots.make_room()
        cache = StepCache(self._slots)
        tokens = torch.tensor([[answer.last_token] for answer in self._active], device=self._slots.keys[0].device)
        logits = self._forward(self._embed(tokens), positions=cache.positions, mask=cache.mask, cache=cache)
        cache.commit()
        for answer, row_logits in zip(self._active, logits, strict=True):
            self._advance(answer, row_logits)

    @staticmethod
    def _advance(answer: PendingAnswer, logits: Tensor) -> None:
        try:
            answer.accept(answer.choice.pick(logits))
        except Exception as error:
            answer.fail(_failure(error))

    def _forward(self, embeddings: Tensor, *, positions: Tensor, mask: Tensor, cache: RowCache | StepCache) -> Tensor:
        """Returns the logits (B, V) after each row's last token."""
        output = self._model(
            inputs_embeds=embeddings,
            position_ids=positions.to(embeddings.device),
            attention_mask=mask.to(embeddings.device),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = output.logits[:, -1]
        return logits

    def _drop_ended(self) -> None:
        for row in range(len(self._active) - 1, -1, -1):
            answer = self._active[row]
            if answer.is_cancelled and not answer.is_finished:
                answer.finish("cancelled")
            if answer.is_finished:
                self._slots.remove(row)
                self._active[row] = self._active[-1]
                self._active.pop()

    def _fail_active(self, error: Exception) -> None:
        for answer in self._active:
            if not answer.is_finished:
                answer.fail(_failure(error))
        self._active.clear()
        self._slots.release()

    def _fail_waiting(self, error: Exception) -> None:
        with self._wake:
            while self._waiting:
                self._waiting.popleft().fail(_failure(error))


def _failure(error: Exception) -> EngineFailed:
    if isinstance(error, InferenceError):
        return EngineFailed(str(error))
    return EngineFailed(f"The language model failed: {type(error).__name__}: {error}")


def _prefix_key(answer: PendingAnswer) -> PrefixKey | None:
    shared = answer.chat.shared
    if not shared.token_ids:
        return None
    visual = "" if answer.visual is None else answer.visual.key
    return (visual, shared.token_ids, shared.visual_at)


def _causal_mask(*, start: int, num_new: int) -> Tensor:
    """(1, 1, num_new, start + num_new) bool."""
    ends = torch.arange(start, start + num_new)[:, None]
    return (torch.arange(start + num_new)[None] <= ends)[None, None]


def _kv_shape(model: Any) -> KvShape:
    config, weight = model.config, model.get_input_embeddings().weight
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return KvShape(
        num_layers=config.num_hidden_layers,
        num_heads=config.num_key_value_heads,
        head_dim=head_dim,
        dtype=weight.dtype,
        device=weight.device,
    )
