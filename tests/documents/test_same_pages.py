"""Each document opens in LibreOffice with docxtpl's pages, to the pixel; cells are evened out as for the parts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from tests.conftest import missing

from .corpus import CASES
from .word import with_whole_cells

Pages = list[bytes]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Pages, Pages]]:
    """The pages of each case as pictures, ours and docxtpl's, all from one run of LibreOffice."""
    if shutil.which("soffice") is None:
        missing("LibreOffice")
    folder = tmp_path_factory.mktemp("pages")
    for number, case in enumerate(CASES.values()):
        (folder / f"{number}-ours.docx").write_bytes(case.ours())
        (folder / f"{number}-theirs.docx").write_bytes(with_whole_cells(case.theirs()))
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, *folder.glob("*.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {
        name: (drawn(folder / f"{number}-ours.pdf"), drawn(folder / f"{number}-theirs.pdf"))
        for number, name in enumerate(CASES)
    }


def drawn(pdf: Path) -> Pages:
    """The pages of a PDF as pictures; none, where LibreOffice has not made it."""
    if not pdf.exists():
        return []
    with PdfDocument(pdf) as document:
        return [bytes(page.render(grayscale=True).buffer) for page in document]


@pytest.mark.parametrize("name", CASES)
def test_the_pages_are_the_same(name: str, pages: dict[str, tuple[Pages, Pages]]) -> None:
    ours, theirs = pages[name]
    assert ours
    assert ours == theirs


def test_other_documents_have_other_pages(pages: dict[str, tuple[Pages, Pages]]) -> None:
    assert len({tuple(ours) for ours, _ in pages.values()}) > 50
