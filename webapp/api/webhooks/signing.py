"""Signatures of Standard Webhooks 1.0.0: `v1` by a shared secret (its own library), `v1a` by Ed25519, which that lacks.

Signed is `id.timestamp.body`. A header may carry several signatures: after a rotation the old key signs too.
"""

import base64
import json
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from standardwebhooks import Webhook as SharedSecret

from webapp.api.models import Webhook, WebhookDelivery
from webapp.lib.sealing import seal, unseal

SECRET_BYTES = 32
PURPOSE = "webhook"
SECRET_PREFIX, PRIVATE_PREFIX, PUBLIC_PREFIX = "whsec_", "whsk_", "whpk_"


def key_make(signing: str) -> str:
    """Of `v1` both sides keep it; of `v1a` it stays here, and the receiver is given `public_key`."""
    prefix = SECRET_PREFIX if signing == Webhook.Signing.HMAC else PRIVATE_PREFIX
    return prefix + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def key_seal(key: str) -> str:
    return seal(key, purpose=PURPOSE)


def told_key(webhook: Webhook) -> str:
    """What the receiver needs to check signatures: the secret, or the public key."""
    key = unseal(webhook.sealed_key, purpose=PURPOSE)
    return key if webhook.signing == Webhook.Signing.HMAC else public_key(key)


def public_key(key: str) -> str:
    return PUBLIC_PREFIX + base64.b64encode(_private(key).public_key().public_bytes_raw()).decode()


def body_of(delivery: WebhookDelivery) -> bytes:
    """Thin: which object, and nothing about it. The receiver asks the API, with its own token."""
    event = delivery.event
    body = {"type": event.type, "timestamp": event.created_at.isoformat(), "data": {"id": event.object_id}}
    return json.dumps(body, separators=(",", ":")).encode()


def headers_of(delivery: WebhookDelivery, body: bytes, *, now: datetime | None = None) -> dict[str, str]:
    """The id is that of the event for this receiver: the same however often it is tried, so that doubles show."""
    now = now or timezone.now()
    message_id = f"msg_{delivery.pk.hex}"
    signatures = [sign(key, message_id, now, body) for key in _keys(delivery.webhook, now)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Debrief",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def sign(key: str, message_id: str, at: datetime, body: bytes) -> str:
    if key.startswith(SECRET_PREFIX):
        return SharedSecret(key).sign(message_id, at, body.decode())
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1a," + base64.b64encode(_private(key).sign(signed)).decode()


def _keys(webhook: Webhook, now: datetime) -> list[str]:
    keys = [unseal(webhook.sealed_key, purpose=PURPOSE)]
    if webhook.sealed_key_before and webhook.key_before_until and now < webhook.key_before_until:
        keys.append(unseal(webhook.sealed_key_before, purpose=PURPOSE))
    return keys


def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.removeprefix(PRIVATE_PREFIX)))
