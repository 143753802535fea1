"""docs/configuration.md is the table of webapp/settings.py: neither may know a variable that the other does not."""

import re

from tests.conftest import ROOT


def test_the_document_lists_exactly_the_variables_that_the_settings_read() -> None:
    settings = (ROOT / "webapp" / "settings.py").read_text(encoding="utf-8")
    document = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    read = set(re.findall(r'read_(?:text|bool|int|choice|list|hours)\(\s*"([A-Z0-9_]+)"', settings))
    listed = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", document, flags=re.MULTILINE))
    assert read == listed


def test_only_the_settings_read_the_environment_inside_webapp() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "webapp").rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8") or "os.getenv" in path.read_text(encoding="utf-8")
    }
    assert readers <= {"webapp/environment.py", "webapp/asgi.py"}
