"""What production refuses to start with."""

import pytest

from webapp.safety import unsafe_hosts, unsafe_key, unsafe_model_server, unsafe_sign_in


@pytest.mark.parametrize("key", ["", "short", "a" * 60, "abc" * 20])
def test_a_key_that_can_be_guessed(key: str) -> None:
    assert list(unsafe_key(key))


@pytest.mark.parametrize("hosts", [["*"], ["."], [".."], ["*.example.org"], [""]])
def test_a_host_that_is_everybody(hosts: list[str]) -> None:
    assert list(unsafe_hosts(hosts, []))


@pytest.mark.parametrize("origin", ["https://*.example.org", "http://debrief.example.org", "*"])
def test_an_origin_that_is_not_one(origin: str) -> None:
    assert list(unsafe_hosts(["debrief.example.org"], [origin]))


@pytest.mark.parametrize(("attempts", "is_behind", "count"), [(1_000_000, False, 0), (5, True, 0)])
def test_sign_in_that_counts_nobody(attempts: int, is_behind: bool, count: int) -> None:
    assert list(unsafe_sign_in(attempts, is_behind_proxy=is_behind, num_proxies=count))


@pytest.mark.parametrize("url", ["http://models.example.org:8000/v1", "http://8.8.8.8/v1"])
def test_frames_sent_in_the_clear(url: str) -> None:
    assert list(unsafe_model_server(url))


def test_a_safe_installation_starts() -> None:
    key = "k3J9xQ2mZp7Lw8Rt5Yv1Bn6Hc4Gd0Fs-aEoUiPq_WzXy"
    found = [*unsafe_key(key), *unsafe_hosts(["debrief.example.org"], ["https://debrief.example.org"])]
    found += unsafe_sign_in(5, is_behind_proxy=True, num_proxies=1)
    for url in ("", "http://10.0.0.7:8000/v1", "http://vllm:8000/v1", "https://models.example.org/v1"):
        found += unsafe_model_server(url)
    assert found == []
