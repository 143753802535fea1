"""Pictures for a server, and whether its model takes any."""

import base64
import io
from typing import Any

import openai
from PIL import Image

from inference.errors import EngineFailed

# What a server says to a part of a message that its model cannot read: vLLM 400, others 422, llama.cpp 500.
REFUSALS = frozenset({400, 415, 422, 500, 501})


def image_part(jpeg: bytes) -> dict[str, Any]:
    data = base64.b64encode(jpeg).decode("ascii")
    return {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}


async def takes_images(client: openai.AsyncOpenAI, model: str) -> bool:
    """Shows it one small grey picture, then, if that is refused, a word alone: a server that refuses both has another
    trouble. Raises EngineFailed for that, and while it cannot be reached."""
    try:
        return await _accepts(client, model, [image_part(_grey_jpeg())]) or not await _accepts_text(client, model)
    except openai.OpenAIError as error:
        raise EngineFailed(f"The language model server did not answer: {error}") from error


async def _accepts_text(client: openai.AsyncOpenAI, model: str) -> bool:
    if await _accepts(client, model, []):
        return True
    raise EngineFailed("The language model server refuses every question.")


async def _accepts(client: openai.AsyncOpenAI, model: str, parts: list[dict[str, Any]]) -> bool:
    content: Any = [*parts, {"type": "text", "text": "?"}] if parts else "?"
    try:
        await client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}], max_tokens=1)
    except openai.APIStatusError as error:
        if error.status_code not in REFUSALS:
            raise
        return False
    return True


def _grey_jpeg() -> bytes:
    buffer = io.BytesIO()
    # No smaller: the image processors of some models refuse pictures below their patch size.
    Image.new("RGB", (64, 64), "grey").save(buffer, format="JPEG")
    return buffer.getvalue()
