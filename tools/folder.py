"""A folder that a script makes: written whole, or held against what the script would make."""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

Files = Callable[[], Iterable[tuple[str, bytes]]]  # each file: its path in the folder, and its content


def run(files: Files, default: str, description: str | None) -> int:
    """Write the folder that the command line names, or check it; return 0 when all is well."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(default), help=f"where the files go ({default})")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs from the folder")
    arguments = parser.parse_args()
    if not arguments.check:
        print(write(files, arguments.folder))
        return 0
    problems = differences(files, arguments.folder)
    print("\n".join(problems) or f"{arguments.folder} is as it would be made")
    return 1 if problems else 0


def write(files: Files, folder: Path) -> str:
    """Write every file under the folder; return how many and how large."""
    sizes = []
    for path, content in files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        sizes.append(target.write_bytes(content))
    return f"{len(sizes)} files, {sum(sizes)} bytes in {folder}"


def differences(files: Files, folder: Path) -> list[str]:
    """Return what is missing, different or extra in the folder; nothing when it is as it would be made."""
    expected = dict(files())
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    missing = [f"missing: {path}" for path in sorted(expected.keys() - found.keys())]
    extra = [f"extra: {path}" for path in sorted(found.keys() - expected.keys())]
    common = sorted(expected.keys() & found.keys())
    different = [f"different: {path}" for path in common if not _same(found[path].read_bytes(), expected[path])]
    return [*missing, *different, *extra]


def _same(found: bytes, expected: bytes) -> bool:
    """Packages are compared uncompressed: another zlib may pack the same parts into other bytes."""
    if found == expected:
        return True
    try:
        return members(found) == members(expected)
    except (BadZipFile, zlib.error):
        return False


def members(content: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of a package in order, uncompressed: equal for equal content, whatever compressed them."""
    with ZipFile(BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]
