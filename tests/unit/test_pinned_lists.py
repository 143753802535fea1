"""The pinned lists serve every Python that the set-up accepts, not only the one that wrote them."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environment import ROOT

LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.lock"))
INSTALLERS = ("scripts/setup", "scripts/vllm", "Dockerfile")
PYTHONS = ("3.11.0", "3.12.0", "3.13.0")


def lines_of(name: str) -> list[str]:
    """One a package, without the hashes below it."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return [line.removesuffix(" \\") for line in lines if line and not line.startswith(("#", "-", " "))]


def environment(python: str) -> dict[str, str]:
    return {"python_full_version": python, "python_version": python.rpartition(".")[0], "extra": ""}


def names_for(name: str, python: str) -> set[str]:
    parsed = [Requirement(line) for line in lines_of(name)]
    return {canonicalize_name(r.name) for r in parsed if not r.marker or r.marker.evaluate(environment(python))}


def needs_of(package: str, python: str) -> Iterator[str]:
    try:
        lines = requires(package) or []
    except PackageNotFoundError:
        return
    for need in map(Requirement, lines):
        if not need.marker or need.marker.evaluate(environment(python)):
            yield canonicalize_name(need.name)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", ["web.lock", "base.lock", "dev.lock"])
def test_what_a_pinned_package_needs_is_pinned_too(lock: str, python: str) -> None:
    pinned = names_for(lock, python)
    left_out = {canonicalize_name(Requirement(line).name) for line in lines_of("overrides.txt")} | {"torch"}
    missing = {(package, need) for package in pinned for need in needs_of(package, python)}
    assert {pair for pair in missing if pair[1] not in pinned | left_out} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_file_is_known_by_its_hash(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("script", INSTALLERS)
def test_what_is_installed_from_a_pinned_list_must_have_its_hash(script: str) -> None:
    text = (ROOT / script).read_text(encoding="utf-8")
    installs = [line for line in text.splitlines() if "pip install" in line]
    from_lists = [line for line in installs if ".lock" in line or '"$lock"' in line]
    assert from_lists
    assert [line for line in from_lists if "--require-hashes" not in line] == []
    # torch alone is named by version: each of its builds has a hash of its own.
    assert {line for line in installs if line not in from_lists if "requirement" not in line} == set()
