"""The caller's address: only what our own proxies wrote is believed."""

import pytest
from django.test import RequestFactory

from webapp.lib.clients import client_ip


def request(forwarded: str = "", peer: str = "10.0.0.9"):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)


@pytest.mark.parametrize(
    ("num_proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "made up", "::"),
    ],
)
def test_the_address_is_counted_from_the_right(settings, num_proxies: int, forwarded: str, expected: str) -> None:
    settings.PROXY_COUNT = num_proxies
    assert client_ip(request(forwarded)) == expected


def test_a_unix_socket_has_no_address() -> None:
    assert client_ip(request(peer="")) == "::"
