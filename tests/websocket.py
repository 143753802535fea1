"""A websocket client that speaks ASGI to a consumer directly (channels.testing would want another server installed)."""

import json
from typing import Any
from urllib.parse import urlsplit

from asgiref.testing import ApplicationCommunicator
from django.test import Client

from webapp.accounts.models import User


class SocketClient(ApplicationCommunicator):  # type: ignore[misc]
    def __init__(self, application: Any, url: str, *, user: User | None) -> None:
        """The person has just signed in. Reads rows: call it outside of the event loop."""
        parts = urlsplit(url)
        client = Client()
        if user is not None:
            client.force_login(user)
        session = client.session
        scope = {
            "type": "websocket",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [],
            "subprotocols": [],
            "user": user,
            "session": session,
        }
        super().__init__(application, scope)

    async def connect(self) -> tuple[bool, int | None]:
        """(whether it was let in, the close code if not)."""
        await self.send_input({"type": "websocket.connect"})
        reply = await self.receive_output(timeout=10)
        return reply["type"] == "websocket.accept", reply.get("code")

    async def next_message(self) -> dict[str, Any]:
        sent = await self.receive_output(timeout=10)
        assert sent["type"] == "websocket.send", sent
        message: dict[str, Any] = json.loads(sent["text"])
        return message

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(timeout=5)
