"""The bytes of a file, and whether they can be what its name says. Nothing of what its cells hold."""

from __future__ import annotations

import os
import struct
import zlib
from io import BufferedIOBase, BytesIO, RawIOBase
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from scheduler.errors import SourceError
from scheduler.intake.compound import SIGNATURE, Compound
from scheduler.intake.messages import source_error

LARGEST = 200_000_000  # bytes, unpacked; more than any list of an office, less than what harms the machine

_ZIP = b"PK"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEART = {".xlsx": "xl/workbook.xml", ".ods": "content.xml"}  # the member without which it is another kind of file
_MACROS = {".xlsx": "xl/vbaProject.bin", ".ods": "Basic", ".xls": "_VBA_PROJECT_CUR"}
_DAMAGE = (BadZipFile, EOFError, KeyError, ValueError, OSError, NotImplementedError, zlib.error)
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")


def read_content(path: Path, shown: str, lang: str) -> bytes:
    """Return the bytes of a workbook, read once.

    Raises:
        SourceError: it is missing, a folder, of a type unknown or other than its name says, empty, locked, damaged,
            too large, or may not be read.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise source_error(lang, shown, "file.suffix")
    if "*" in shown:  # a pattern that no file was found for
        raise _missing(path, shown, lang)
    content = _bytes(path, shown, lang)
    if not content:
        raise source_error(lang, shown, "file.empty")
    if suffix in _HEART:
        _check_package(content, suffix, shown, lang)
    elif (suffix == ".xls") != content.startswith(SIGNATURE) or content.startswith(_ZIP):
        raise source_error(lang, shown, "file.content", suffix=suffix)
    elif suffix == ".xls":
        _check_compound(content, shown, lang)
    return content


def refuse_outside(path: Path, workspace: Path, shown: str, lang: str) -> None:
    """Refuse a file that only a link leads to, which somebody may have put among the data.

    The folder that a path begins with may be a link itself: an office keeps its data where it likes.

    Raises:
        SourceError: it stands outside that folder.
    """
    first, *below = path.relative_to(workspace).parts
    home = workspace / first if below else workspace
    if not path.resolve().is_relative_to(home.resolve()):
        raise source_error(lang, shown, "file.outside")


def _bytes(path: Path, shown: str, lang: str) -> bytes:
    try:
        if path.is_dir():
            raise source_error(lang, shown, "file.folder")
        if path.stat().st_size > LARGEST:
            raise _too_large(path.stat().st_size, shown, lang)
        with path.open("rb") as file:
            return whole(file, shown, lang)
    except FileNotFoundError:
        raise _missing(path, shown, lang) from None
    except OSError as error:
        raise source_error(lang, shown, "file.unreadable", reason=error.strerror or type(error).__name__) from error


def whole(file: BufferedIOBase | RawIOBase, shown: str, lang: str) -> bytes:
    """Return the bytes of an open file, as they were at one instant.

    Raises:
        SourceError: somebody writes it while it is read: its beginning and its end may be of two different versions.
    """
    before = os.fstat(file.fileno())
    content = bytes(file.read() or b"")
    after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise source_error(lang, shown, "file.changing")
    return content


def _missing(path: Path, shown: str, lang: str) -> SourceError:
    """Say that a file is missing, and which one is there by nearly its name; never one of another period."""
    there = sorted(item.name for item in path.parent.iterdir() if item.is_file()) if path.parent.is_dir() else []
    near = [name for name in there if _signs(Path(name).stem) == _signs(path.stem)]
    code = "file.missing.near" if near else "file.none" if "*" in shown else "file.missing"
    return source_error(lang, shown, code, folder=Path(shown).parent.as_posix(), near=near[0] if near else "")


def _signs(stem: str) -> str:
    return "".join(sign for sign in stem.casefold() if sign.isalnum())


def _too_large(size: int, shown: str, lang: str) -> SourceError:
    return source_error(lang, shown, "file.large", size=size // 1_000_000)


def _check_package(content: bytes, suffix: str, shown: str, lang: str) -> None:
    if content.startswith(SIGNATURE) and _ENCRYPTED in content:
        raise source_error(lang, shown, "file.locked")
    if not content.startswith(_ZIP):
        raise source_error(lang, shown, "file.content", suffix=suffix)
    try:
        with ZipFile(BytesIO(content)) as package:
            _check_members(package, suffix, shown, lang)
    except _DAMAGE as error:
        raise source_error(lang, shown, "file.damaged", reason=str(error)) from error


def _check_members(package: ZipFile, suffix: str, shown: str, lang: str) -> None:
    """Check the members of a package; the sizes that it claims are believed only once all of it was unpacked."""
    names = package.namelist()
    if _is_locked(package):
        raise source_error(lang, shown, "file.locked")
    size = sum(member.file_size for member in package.infolist())
    if size > LARGEST:
        raise _too_large(size, shown, lang)
    if _HEART[suffix] not in names:
        raise source_error(lang, shown, "file.content", suffix=suffix)
    if any(name == _MACROS[suffix] or name.startswith(f"{_MACROS[suffix]}/") for name in names):
        raise source_error(lang, shown, "file.macros")
    bad = package.testzip() if len(set(names)) == len(names) else max(names, key=names.count)
    if bad:
        raise source_error(lang, shown, "file.damaged", reason=bad)


def _check_compound(content: bytes, shown: str, lang: str) -> None:
    try:
        names = Compound(content).names
    except (ValueError, struct.error, StopIteration) as error:
        raise source_error(lang, shown, "file.damaged", reason=str(error)) from error
    if _MACROS[".xls"] in names:
        raise source_error(lang, shown, "file.macros")


def _is_locked(package: ZipFile) -> bool:
    """Tell whether a package is encrypted: as a zip, or the OpenDocument ways, member by member or as a whole."""
    names = package.namelist()
    sealed = any(member.flag_bits & 1 for member in package.infolist())
    return (
        sealed
        or "encrypted-package" in names
        or ("META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml"))
    )
