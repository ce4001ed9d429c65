"""What must not be in a template: looked for once, on arrival, before anything is inflated or parsed as a whole."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from xml.parsers import expat

from scheduler.documents.faults import Fault, fault

MAX_BYTES = 20_000_000
MAX_INFLATED = 200_000_000
MAX_MARKUP = 20_000_000  # one part of XML; in memory it takes many times as much
DEEPEST = 200  # elements inside each other

_NEEDED = {"word/document.xml", "[Content_Types].xml"}
_MARKUP = (".xml", ".rels")
_PROGRAMS = re.compile(r"vba|/activex/|\.exe$|\.dll$|\.js$|\.vbs$|customui/|/attachedtoolbars", re.IGNORECASE)
_MACRO_TYPES = re.compile(r"macroenabled|vbaproject|activex|keymapcustomizations", re.IGNORECASE)
_EMBEDDED = re.compile(r"(^|/)embeddings/|oleobject", re.IGNORECASE)
_WORKBOOK = re.compile(r"word/embeddings/[^/]+\.xlsx", re.IGNORECASE)  # in which Word keeps the data of a chart
_REACHING_OUT = re.compile(
    r"externallinks/|connections\.xml|querytables/|embeddings/|/model/|webextensions/", re.IGNORECASE
)
_FIELD = re.compile(
    r"\W*(DATE|TIME|SAVEDATE|PRINTDATE|DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|DATABASE|RD)\b",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(r"\{[{%#]")
_PROGRAM_LINKS = ("file:", "\\\\", "javascript:", "vbscript:", "data:", "ms-")
_CHUNKS = ("altChunk", "subDoc", "control", "OLEObject")


def found(content: bytes) -> tuple[Fault, ...]:
    """Return what keeps these bytes from being a template; all of it, as far as it is safe to look."""
    if len(content) > MAX_BYTES:
        return (fault("too-big", size=len(content)),)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return tuple(_in_sizes(package) or _in_names(package) or _in_parts(package))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return (fault("not-docx"),)


def _in_sizes(package: zipfile.ZipFile) -> list[Fault]:
    """Look at what the directory says, which is not believed: a file that says less than it holds cannot be read."""
    items = package.infolist()
    if not {item.filename for item in items} >= _NEEDED:
        return [fault("not-docx")]
    if sum(item.file_size for item in items) > MAX_INFLATED:
        return [fault("bomb")]
    large = [item for item in items if item.filename.lower().endswith(_MARKUP) and item.file_size > MAX_MARKUP]
    return [fault("part-too-big", part=item.filename, size=item.file_size) for item in large]


def _in_names(package: zipfile.ZipFile) -> list[Fault]:
    names = package.namelist()
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name for name in names):
        return [fault("names")]
    twice = [name for name, count in Counter(name.lower() for name in names).items() if count > 1]
    return [fault("twice", part=name) for name in twice]


def _in_parts(package: zipfile.ZipFile) -> list[Fault]:
    problems = [fault("macros") for name in package.namelist() if _PROGRAMS.search(name)][:1]
    for name in package.namelist():
        content = package.read(name)  # its sum is checked, whatever it is
        if _EMBEDDED.search(name) and not (_WORKBOOK.fullmatch(name) and _is_plain(content)):
            problems.append(fault("embedded", part=name))
        if name.lower().endswith(_MARKUP):
            problems += _Reader(name).faults(content)
    return list(dict.fromkeys(problems))


def _is_plain(content: bytes) -> bool:
    """Tell whether a workbook holds cells and their looks, and nothing that acts, reaches out or takes long."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            if sum(item.file_size for item in package.infolist()) > MAX_MARKUP or "xl/workbook.xml" not in names:
                return False
            if _in_names(package) or any(_PROGRAMS.search(name) or _REACHING_OUT.search(name) for name in names):
                return False
            return not any(_Reader(name).faults(package.read(name)) for name in names if name.endswith(_MARKUP))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return False


class _EntitiesError(Exception):
    """The part has a document type, with which it could declare entities."""


class _DepthError(Exception):
    """The part nests its elements deeper than any document."""


class _Reader:
    """Reads one part as a stream, and collects what is harmful in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Fault] = []
        self.depth = 0
        self.fields: list[str] = []  # the instructions of fields that are open, the innermost last
        self.instruction = False  # inside w:instrText

    def faults(self, content: bytes) -> list[Fault]:
        """Return what is harmful in the part's bytes."""
        parser = expat.ParserCreate()  # prefixes are not believed: only the names behind them count
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(content, True)
        except _EntitiesError:
            return [fault("entities", part=self.name)]
        except _DepthError:
            return [fault("deep", part=self.name)]
        except expat.ExpatError:
            return [fault("broken", part=self.name)]
        for code in self.fields:
            self._field(code)
        return self.problems

    def _doctype(self, *_: object) -> None:
        raise _EntitiesError

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _DepthError
        local = tag.rpartition(":")[2]
        given = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if local == "Relationship":
            self.problems += _relationship(given, self.name)
        elif local in ("Override", "Default") and _MACRO_TYPES.search(given.get("ContentType", "")):
            self.problems.append(fault("macros"))
        elif local == "fldSimple":
            self._field(given.get("instr", ""))
        elif local == "fldChar":
            self._field_mark(given.get("fldCharType", ""))
        elif local in _CHUNKS:
            self.problems.append(fault("embedded", part=self.name))
        self.instruction = local in ("instrText", "delInstrText")

    def _end(self, tag: str) -> None:
        self.depth -= 1
        self.instruction = False

    def _text(self, text: str) -> None:
        if self.instruction:
            if not self.fields:
                self.fields.append("")
            self.fields[-1] += text

    def _field_mark(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append("")
        elif kind in ("separate", "end") and self.fields:
            self._field(self.fields[-1])
            self.fields[-1] = ""
            if kind == "end":
                self.fields.pop()

    def _field(self, code: str) -> None:
        if match := _FIELD.match(code):
            self.problems.append(fault("field", field=match[1].upper(), part=self.name))
        elif _INSTRUCTION.search(code):
            self.problems.append(fault("field-code", part=self.name))


def _relationship(given: dict[str, str], part: str) -> Iterator[Fault]:
    kind, target = given.get("Type", ""), given.get("Target", "")
    if given.get("TargetMode", "").lower() == "external":
        if not kind.endswith("/hyperlink"):
            yield fault("external", part=part)
        elif target.strip().lower().startswith(_PROGRAM_LINKS):
            yield fault("link", part=part, target=target[:60])
    elif ".." in target.replace("\\", "/").split("/") and not _stays(target, part):
        yield fault("names")


def _stays(target: str, part: str) -> bool:
    """Tell whether a target that goes up stays inside the package."""
    depth = max(part.count("/") - 1, 0)  # of the folder that the part with these relationships stands in
    for step in target.replace("\\", "/").split("/"):
        depth += -1 if step == ".." else 0 if step in ("", ".") else 1
        if depth < 0:
            return False
    return True
