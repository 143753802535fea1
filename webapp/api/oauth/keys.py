"""The public keys of clients that sign: an inline set, or one that is published at an address of theirs."""

import json
import re
from collections.abc import Iterable

from django.core.cache import cache
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from webapp.api.models import ApiClient
from webapp.lib.errors import InvalidInput
from webapp.lib.outside import Answer, check_url, fetch

Key = RSAKey | ECKey
RSA_MIN_BITS = 2048
CURVE = "P-384"
# Published keys are asked for again after what Cache-Control says, within these.
KEEP_MIN_S, KEEP_MAX_S = 60, 3600
MAX_KEYS = 20


class KeysInvalid(InvalidInput):
    """These are not public keys that can be used: RSA of at least 2048 bits, or EC P-384, each with a kid."""

    default_code = "keys_invalid"


def check_source(jwks: str, jwks_uri: str) -> None:
    """One of the two. Raises InvalidInput."""
    if bool(jwks) == bool(jwks_uri):
        raise InvalidInput("Give either the key set or the address where it is published.", "keys_source")
    if jwks:
        read_keys(jwks)
    else:
        check_url(jwks_uri)


def keys_of(client: ApiClient) -> dict[str, Key]:
    """By kid. Raises KeysInvalid, or what `outside.fetch` raises."""
    if client.client_jwks:
        return read_keys(client.client_jwks)
    kept = cache.get(_cache_key(client))
    if kept is None:
        answer = fetch(client.client_jwks_uri)
        kept = answer.body.decode("utf-8", "replace") if answer.status == 200 else "{}"
        read_keys(kept)
        cache.set(_cache_key(client), kept, _keep_s(answer))
    return read_keys(kept)


def keys_of_again(client: ApiClient) -> dict[str, Key]:
    """For a kid that was not among them: keys may have been rotated. At most once in KEEP_MIN_S."""
    if client.client_jwks or not cache.add(f"{_cache_key(client)}:again", 1, KEEP_MIN_S):
        return {}
    cache.delete(_cache_key(client))
    return keys_of(client)


def read_keys(text: str) -> dict[str, Key]:
    """Raises KeysInvalid."""
    try:
        found = json.loads(text)
        rows = found["keys"]
        if not isinstance(rows, list) or not 0 < len(rows) <= MAX_KEYS or any(_is_secret(row) for row in rows):
            raise KeysInvalid
        keys = KeySet.import_key_set({"keys": rows}).keys
    except (ValueError, TypeError, KeyError, AttributeError, JoseError) as error:
        raise KeysInvalid from error
    return _by_kid(keys)


def _by_kid(keys: Iterable[object]) -> dict[str, Key]:
    named: dict[str, Key] = {}
    for key in keys:
        if not isinstance(key, RSAKey | ECKey) or not _is_strong(key):
            raise KeysInvalid
        kid = key.kid
        if not kid or kid in named:
            raise KeysInvalid
        named[kid] = key
    return named


def _is_strong(key: Key) -> bool:
    if isinstance(key, RSAKey):
        return key.public_key.key_size >= RSA_MIN_BITS
    return key.curve_name == CURVE


def _is_secret(row: object) -> bool:
    """Somebody pasted their private key: it is refused, and not kept."""
    return not isinstance(row, dict) or "d" in row or "k" in row


def _keep_s(answer: Answer) -> int:
    match = re.search(r"max-age=(\d{1,9})", answer.headers.get("cache-control", ""))
    return min(KEEP_MAX_S, max(KEEP_MIN_S, int(match[1]))) if match else KEEP_MIN_S


def _cache_key(client: ApiClient) -> str:
    return f"api-jwks:{client.pk}:{client.client_jwks_uri}"
