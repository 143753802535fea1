"""Waits until Debrief answers, then prints its address and the demo accounts once."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

# A busy machine takes minutes; who waits is told so.
START_LIMIT_S = 600
TOLD_AFTER_S = 45
MODEL_LIMIT_S = 600


def main() -> None:
    address = sys.argv[1]
    if not wait_until_ready(address):
        print(f"Debrief did not become ready in {START_LIMIT_S} s. Look into var/log/, or run `manage.py doctor`.")
        return
    if models_are_loading(address):
        print(f"\n  Debrief answers at {address}; its language model is being loaded.", flush=True)
        wait_for_models(address)
    print(f"\n  Debrief is ready: {address}\n")
    for line in demo_account_lines():
        print(f"  {line}")
    print("\n  For review and teaching, not for diagnosis, treatment or credentialing. Ctrl-C stops everything.\n")


def wait_until_ready(address: str) -> bool:
    started_s, is_told = time.monotonic(), False
    while (waited_s := time.monotonic() - started_s) < START_LIMIT_S:
        if readiness(address) is not None:
            return True
        if waited_s > TOLD_AFTER_S and not is_told:
            print("\n  Debrief is still starting; this machine is busy. Its logs are in var/log/.", flush=True)
            is_told = True
        time.sleep(0.2)
    return False


def wait_for_models(address: str) -> None:
    """So that the first question after "ready" does not wait for them. One that cannot be loaded is not waited for."""
    deadline = time.monotonic() + MODEL_LIMIT_S
    while time.monotonic() < deadline and models_are_loading(address):
        time.sleep(0.5)


def models_are_loading(address: str) -> bool:
    """Also while the worker has not yet said anything."""
    found = readiness(address)
    return found is None or found["models"]["answers"] in {"loading", "unknown"}


def readiness(address: str) -> dict[str, Any] | None:
    """None: not ready, or nobody answers."""
    try:
        with urllib.request.urlopen(f"{address}readyz", timeout=2) as response:  # noqa: S310 - our own address
            found: dict[str, Any] = json.load(response)
            return found
    except (urllib.error.URLError, OSError):
        return None


def demo_account_lines() -> list[str]:
    kept = Path(os.environ.get("DEBRIEF_VAR", "var")) / "demo_accounts.json"
    if not kept.exists():
        return []
    accounts = json.loads(kept.read_text(encoding="utf-8"))
    return ["Demo accounts:"] + [f"  {row['role']:<10} {row['email']:<26} {row['password']}" for row in accounts]


if __name__ == "__main__":
    main()
