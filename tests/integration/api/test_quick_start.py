"""docs/api runs as it stands, and the usual upload clients work: against a server as `make run` starts it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.conftest import ROOT, skip_or_fail
from tests.webserver import WebServer

pytestmark = pytest.mark.slow
SEED = """
from tests.integration.api.seed import main
token = main()
from webapp.videos.models import Video
print("TOKEN", token, Video.objects.order_by("created_at").first().pk)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    server: WebServer
    token: str
    video: str

    @property
    def environment(self) -> dict[str, str]:
        own = {"DEBRIEF_URL": self.server.url, "DEBRIEF_TOKEN": self.token, "DEBRIEF_VIDEO": self.video}
        return {**os.environ, **own, "PYTHONPATH": str(ROOT / "clients/python")}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    var = tmp_path_factory.mktemp("api")
    (var / "static").mkdir()
    server = WebServer(var)
    server.python("manage.py", "migrate", "-v0")
    token, video = server.python("-c", SEED).split("TOKEN ")[1].split()
    # Schemathesis asks more in a minute than a system of a hospital would.
    server.more = {"DEBRIEF_API_REQUESTS_PER_MINUTE": "1000000"}
    server.start()
    try:
        yield Seeded(server=server, token=token, video=video)
    finally:
        server.stop()


def blocks(language: str) -> str:
    text = (ROOT / "docs/api/README.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))


def run(command: list[str], seeded: Seeded, folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=seeded.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_block_of_the_quick_start_runs(seeded: Seeded, tmp_path: Path) -> None:
    told = run(["bash", "-euc", blocks("sh")], seeded, tmp_path)
    assert '"hospital_name"' in told
    assert '"status": "finished"' in told.replace('":"', '": "')
    assert "answer_url" in told
    told = run([sys.executable, "-c", blocks("python")], seeded, tmp_path)
    assert told.splitlines()[-1] == "processing"


def test_tuspy_uploads_with_a_token(seeded: Seeded, tmp_path: Path) -> None:
    from tusclient import client

    source = tmp_path / "tuspy.mp4"
    source.write_bytes(os.urandom(300_000))
    tus = client.TusClient(f"{seeded.server.url}/uploads", headers={"Authorization": f"Bearer {seeded.token}"})
    first = tus.uploader(str(source), chunk_size=100_000, metadata={"filename": "tuspy.mp4"})
    first.upload_chunk()
    # Another process goes on with it, as after a kill.
    again = tus.uploader(str(source), chunk_size=100_000, url=first.url)
    assert again.offset == 100_000
    again.upload()
    (count,) = seeded.server.rows("SELECT count(*) FROM videos_video WHERE original_filename = 'tuspy.mp4'")
    assert count == (1,)


TUS_JS = """
const tus = require("tus-js-client");
const fs = require("node:fs");
const [path, resumed] = process.argv.slice(1);
const options = (more) => ({
  endpoint: `${process.env.DEBRIEF_URL}/uploads`,
  headers: { Authorization: `Bearer ${process.env.DEBRIEF_TOKEN}` },
  metadata: { filename: "tusjs.mp4" },
  chunkSize: 100000,
  uploadSize: fs.statSync(path).size,
  onError: (error) => { console.error(String(error)); process.exit(1); },
  ...more,
});
const upload = new tus.Upload(fs.createReadStream(path), options({
  uploadUrl: resumed || null,
  onChunkComplete: () => { if (!resumed) { console.log(upload.url); process.exit(0); } },
  onSuccess: () => { console.log("done"); },
}));
upload.start();
"""


def test_tus_js_client_is_killed_and_goes_on(seeded: Seeded, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules/tus-js-client").is_dir():
        skip_or_fail("no node, or tus-js-client is not installed (npm ci)")
    source = tmp_path / "tusjs.mp4"
    source.write_bytes(os.urandom(300_000))
    address = run([str(node), "-e", TUS_JS, str(source)], seeded, ROOT).split()[0]
    assert run([str(node), "-e", TUS_JS, str(source), address], seeded, ROOT).split() == ["done"]
    (count,) = seeded.server.rows("SELECT count(*) FROM videos_video WHERE original_filename = 'tusjs.mp4'")
    assert count == (1,)


def test_schemathesis_finds_nothing(seeded: Seeded) -> None:
    """A short run of all checks. It revokes no token: it needs its own (tested in test_conventions.py)."""
    # Made at the first time that somebody asks.
    headers = {"Authorization": f"Bearer {seeded.token}"}
    assert httpx2.get(f"{seeded.server.url}/api/v1/openapi.json", headers=headers, timeout=120).status_code == 200
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(ROOT / "tests/integration/api/schemathesis.toml"),
        "run",
        f"{seeded.server.url}/api/v1/openapi.json",
        "-H",
        f"Authorization: Bearer {seeded.token}",
        "--checks",
        "all",
        "--max-examples",
        "1",
        "--request-timeout",
        "60",
        "--exclude-operation-id",
        "tokens_revoke",
        "--no-color",
    ]
    done = subprocess.run(command, cwd=seeded.server.var, capture_output=True, text=True, timeout=280, check=False)
    print(done.stdout[-900:])
    assert done.returncode == 0, done.stdout[-6000:]
