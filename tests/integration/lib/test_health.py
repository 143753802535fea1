"""What a load balancer, a supervisor and Prometheus are told."""

import re

import pytest
from django.test import Client

from webapp.lib.health import redis_words
from webapp.lib.warmth import Warmth, warmth_say

pytestmark = pytest.mark.django_db


def test_the_process_is_alive_without_asking_any_part(client: Client, settings) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    assert client.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_when_every_part_answers(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["parts"] == {"database": True, "migrations": True, "redis": True, "storage": True}


def test_it_tells_whether_the_workers_have_their_models(client: Client) -> None:
    warmth_say("answers", Warmth.LOADING)
    assert client.get("/readyz").json()["models"]["answers"] == "loading"
    warmth_say("answers", Warmth.READY)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["models"]["answers"]) == (200, "ready")


def test_it_names_the_part_that_is_missing_and_not_its_address(client: Client, settings) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["redis"] is False
    assert "127.0.0.1" not in response.content.decode()


def test_it_is_not_ready_when_the_disk_is_nearly_full(client: Client, settings) -> None:
    settings.DISK_RESERVE_BYTES = 10**18
    assert client.get("/readyz").json()["parts"]["storage"] is False


def test_metrics_are_for_loopback_when_no_token_is_set(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404


def test_a_proxy_in_front_does_not_open_the_metrics(client: Client) -> None:
    assert client.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 404


def test_a_token_opens_the_metrics_and_a_wrong_one_does_not(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "letmein"
    assert client.get("/metrics", headers={"authorization": "Bearer letmein"}).status_code == 200
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404


def test_the_doctor_is_told_which_redis_answers() -> None:
    words = redis_words()
    assert re.match(r"Redis \d+\.\d+\.\d+ at port \d+", words)
