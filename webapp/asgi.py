"""Who answers what comes in: uploads go to the tus application, other HTTP to Django, websockets to Channels."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.core.asgi import get_asgi_application

# Django's set-up comes first: what is imported below needs its apps.
_django = get_asgi_application()

from webapp.accounts.doors import bearer_actor  # noqa: E402
from webapp.conversations.routing import websocket_urlpatterns  # noqa: E402
from webapp.lib.bodies import BoundedBodies  # noqa: E402
from webapp.lib.origins import OwnOriginOnly  # noqa: E402
from webapp.videos.tus import is_tus_path, tus_app  # noqa: E402

# DICOM objects of whole recordings.
_pages = BoundedBodies(_django, large={"/api/dicom/studies": lambda header: bearer_actor(header, "videos:write")})
_websockets = OwnOriginOnly(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await _websockets(scope, receive, send)
    elif is_tus_path(scope["path"]):
        await tus_app(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    """Nothing to prepare and nothing to put away; servers want to be told so."""
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
