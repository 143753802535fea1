"""The containers of production hold no more rights than they need, and nobody reaches the stores without a password."""

from typing import Any

import pytest
import yaml

from tests.environment import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STORES = ("postgres", "redis")


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service
    assert service["mem_limit"]
    assert service["pids_limit"] <= 512
    assert "/tmp" in service["tmpfs"]


@pytest.mark.parametrize("name", STORES)
def test_a_store_is_nobody_special_and_out_of_reach(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == name
    assert service["networks"] == ["stores"]
    assert COMPOSE["networks"]["stores"]["internal"] is True
    assert "ports" not in service


@pytest.mark.parametrize("name", STORES)
def test_a_site_can_name_a_stores_image_by_digest(name: str) -> None:
    assert SERVICES[name]["image"].startswith(f"${{{name.upper()}_IMAGE:-{name}:")


def test_a_site_can_name_the_image_that_ours_are_built_on_by_digest() -> None:
    first, second = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")][:2]
    assert first.startswith("ARG PYTHON_IMAGE=python:")
    assert second == "FROM ${PYTHON_IMAGE} AS base"
    for service in SERVICES.values():
        if "build" in service:
            assert service["build"]["args"]["PYTHON_IMAGE"].startswith("${PYTHON_IMAGE:-python:")


def test_passwords_come_from_files_and_stand_in_no_argument_or_environment() -> None:
    text = str(SERVICES)
    assert "requirepass" in SERVICES["redis"]["command"][-1]
    assert "--requirepass" not in text
    assert "redis://" not in text
    for service in SERVICES.values():
        if service.get("build"):
            assert service["environment"]["REDIS_URL_FILE"] == "/run/secrets/redis_url"
            assert {"secret_key", "database_url", "redis_url"} <= set(service["secrets"])
