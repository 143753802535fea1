"""Waits until Debrief answers, then prints its address and the demo accounts once."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

START_LIMIT_S = 90


def main() -> None:
    address = sys.argv[1]
    if not wait_until_ready(address):
        print(f"Debrief did not become ready in {START_LIMIT_S} s. Look into var/log/, or run `manage.py doctor`.")
        return
    print(f"\n  Debrief is ready: {address}\n")
    for line in demo_account_lines():
        print(f"  {line}")
    print("\n  For review and teaching, not for diagnosis, treatment or credentialing. Ctrl-C stops everything.\n")


def wait_until_ready(address: str) -> bool:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}readyz", timeout=2) as response:  # noqa: S310 - our own address
                if response.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    return False


def demo_account_lines() -> list[str]:
    kept = Path(os.environ.get("DEBRIEF_VAR", "var")) / "demo_accounts.json"
    if not kept.exists():
        return []
    accounts = json.loads(kept.read_text(encoding="utf-8"))
    return ["Demo accounts:"] + [f"  {row['role']:<10} {row['email']:<26} {row['password']}" for row in accounts]


if __name__ == "__main__":
    main()
