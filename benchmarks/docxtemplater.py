"""The measured documents by docxtemplater, in Node: the same templates, put into its own instructions."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scheduler.documents.package import TEXT_PARTS

SCRIPTS = Path(__file__).parent / "javascript"
_ROW = r"<w:tr(?: [^>]*)?>(?:(?!</w:tr>).)*?"
_LOOP = re.compile(
    rf"{_ROW}\{{%tr for r in (\w+) %\}}.*?</w:tr>(?P<row>{_ROW}</w:tr>){_ROW}\{{%tr endfor %\}}.*?</w:tr>", re.DOTALL
)
_VALUE = re.compile(r"\{\{ (?:r\.)?(\w+) \}\}")


def filled(template: bytes, values: dict[str, Any], runs: int) -> tuple[bytes, float] | None:
    """Return the document and the milliseconds of the fastest run; None where Node or docxtemplater is missing.

    Pictures cost extra with docxtemplater: a template that prints one is filled without it.
    """
    if shutil.which("node") is None or not (SCRIPTS / "node_modules").exists():
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "t.docx").write_bytes(translated(template))
        plain = {key: value for key, value in values.items() if isinstance(value, str | list)}
        (folder / "v.json").write_text(json.dumps(plain, default=_members), "utf-8")
        files = [folder / "t.docx", folder / "v.json", str(runs), folder / "made.docx"]
        done = subprocess.run(["node", SCRIPTS / "fill.js", *files], check=True, capture_output=True, text=True)
        times = json.loads(done.stdout)
        return (folder / "made.docx").read_bytes(), min(times)


def translated(template: bytes) -> bytes:
    """Return a template with docxtemplater's instructions in place of docxtpl's."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, _translated(content.decode()).encode() if TEXT_PARTS.fullmatch(name) else content)
    return result.getvalue()


def _translated(markup: str) -> str:
    return _VALUE.sub(r"{\1}", _LOOP.sub(_loop, markup).replace("{{ grafico }}", ""))


def _loop(found: re.Match[str]) -> str:
    """Put the start of the loop in front of the row's first value, and its end behind the last."""
    before, first, rest = found["row"].partition("{{")
    rest, last, after = rest.rpartition("}}")
    return f"{before}{{#{found[1]}}}{first}{rest}{last}{{/{found[1]}}}{after}"


def _members(row: SimpleNamespace) -> dict[str, Any]:
    return vars(row)
