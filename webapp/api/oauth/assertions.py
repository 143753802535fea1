"""`private_key_jwt`: a client proves itself by an assertion that it signed (RFC 7523, SMART Backend Services).

RS384 or ES384, `kid` among its registered keys, `jku` (if there) the registered address, `iss` and `sub` the client,
`aud` our token address, `exp` at most five minutes ahead, and `jti` never seen before.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from joserfc import jws, jwt
from joserfc.errors import JoseError

from webapp.api.models import ApiClient, AssertionSeen
from webapp.api.oauth.keys import Key, keys_of, keys_of_again
from webapp.lib.errors import ApplicationError, PermissionRefused

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS384", "ES384"]
LIFE_MAX_S = 300
# Between their clock and ours.
SKEW_S = 30
ASSERTION_MAX_CHARS = 8000


class AssertionRefused(PermissionRefused):
    """The client assertion is not good."""

    default_code = "invalid_client"


def claimed_client(assertion: str) -> str:
    """Whose assertion it says it is; nothing is proved by it. Raises AssertionRefused."""
    if len(assertion) > ASSERTION_MAX_CHARS:
        raise AssertionRefused
    try:
        claims = json.loads(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError, UnicodeError) as error:
        raise AssertionRefused from error
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(issuer, str):
        raise AssertionRefused
    return issuer


def assertion_check(assertion: str, client: ApiClient, *, audience: str) -> None:
    """Raises AssertionRefused unless the client signed it for us, now, and for the first time."""
    key = _key_for(assertion, client)
    try:
        claims = jwt.decode(assertion, key, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError) as error:
        raise AssertionRefused from error
    _check_claims(claims, client.client_id, audience)
    _use_once(client.client_id, str(claims["jti"]), expires_s=float(claims["exp"]))


def assertions_forget() -> int:
    """Those that would be refused for their age by now."""
    return AssertionSeen.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _key_for(assertion: str, client: ApiClient) -> Key:
    try:
        header = jws.extract_compact(assertion.encode()).headers()
        kid, jku = header.get("kid"), header.get("jku")
        if header.get("alg") not in ALGORITHMS or not isinstance(kid, str) or (jku and jku != client.client_jwks_uri):
            raise AssertionRefused
        key = keys_of(client).get(kid) or keys_of_again(client).get(kid)
    except (JoseError, ValueError) as error:
        raise AssertionRefused from error
    except ApplicationError as error:
        # Their keys cannot be read or reached: not proved.
        raise AssertionRefused from error
    if key is None:
        raise AssertionRefused
    return key


def _check_claims(claims: Mapping[str, Any], client_id: str, audience: str) -> None:
    now_s = time.time()
    audiences = claims.get("aud") if isinstance(claims.get("aud"), list) else [claims.get("aud")]
    expires_s, issued_s, not_before_s = (_number(claims, name) for name in ("exp", "iat", "nbf"))
    jti = claims.get("jti")
    is_ours = claims.get("iss") == claims.get("sub") == client_id and audience in (audiences or [])
    is_now = expires_s is not None and now_s - SKEW_S < expires_s <= now_s + LIFE_MAX_S + SKEW_S
    is_early = any(moment is not None and moment > now_s + SKEW_S for moment in (issued_s, not_before_s))
    if not is_ours or not is_now or is_early or not isinstance(jti, str) or not jti:
        raise AssertionRefused


def _number(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _use_once(issuer: str, jti: str, *, expires_s: float) -> None:
    """Kept until it would be refused for its age, clocks that differ counted in."""
    expires_at = datetime.fromtimestamp(expires_s, UTC) + timedelta(seconds=2 * SKEW_S)
    jti_hash = hashlib.sha256(jti.encode()).hexdigest()
    try:
        with transaction.atomic():
            AssertionSeen.objects.create(issuer=issuer[:100], jti_hash=jti_hash, expires_at=expires_at)
    except IntegrityError as error:
        raise AssertionRefused from error
