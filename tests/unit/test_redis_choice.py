"""`make run` takes the newest Redis at hand."""

from pathlib import Path

import pytest

from tests.unit.test_processes import serve_script


def redis_server(folder: Path, version: str) -> Path:
    folder.mkdir()
    path = folder / "redis-server"
    path.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=00000000:0 malloc=libc bits=64'\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(("own", "packaged", "chosen"), [("7.2.4", "6.2.14", "own"), ("5.0.7", "6.2.14", "packaged")])
def test_the_newest_redis_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, packaged: str, chosen: str
) -> None:
    serve = serve_script()
    binaries = {"own": redis_server(tmp_path / "own", own), "packaged": redis_server(tmp_path / "packaged", packaged)}
    monkeypatch.setenv("PATH", f"{tmp_path / 'own'}:/bin:/usr/bin")
    monkeypatch.setattr(serve, "BIN_DIR", tmp_path / "packaged")
    assert serve.redis_binary() == str(binaries[chosen])


def test_one_that_does_not_say_its_version_is_the_last_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve = serve_script()
    redis_server(tmp_path / "own", "unknown")
    monkeypatch.setenv("PATH", f"{tmp_path / 'own'}:/bin:/usr/bin")
    monkeypatch.setattr(serve, "BIN_DIR", redis_server(tmp_path / "packaged", "6.2.14").parent)
    assert serve.redis_binary() == str(tmp_path / "packaged" / "redis-server")
