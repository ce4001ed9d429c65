"""A template, read, patched and compiled once for its bytes; filling it writes only what changes."""

from __future__ import annotations

import html
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Template as JinjaTemplate

from scheduler.documents import native_charts
from scheduler.documents.album import TYPES, Album, Media
from scheduler.documents.archive import Archive, Entry, deflated, entries
from scheduler.documents.filling import filled
from scheduler.documents.native_charts import NativeChart
from scheduler.documents.sandbox import Sandbox, environment
from scheduler.documents.source import (
    MARKS,
    PROPERTIES,
    Part,
    compiled,
    compiled_text,
    loaded,
    sources,
)
from scheduler.documents.ties import numbering
from scheduler.documents.unverified import put_box

if TYPE_CHECKING:
    from docx.opc.coreprops import CoreProperties
    from docxtpl import DocxTemplate

KEPT = 32  # templates; an office has about twenty
LONGEST_PROPERTY = 255  # characters, as python-docx has it

_CHART = re.compile(r"word/charts/[^/]+\.xml")
_TIME = datetime(1601, 1, 1)  # noqa: DTZ001  (holds the place of an instant, and is none)


class LostError(Exception):
    """Values were printed and are not in the document; the argument lists them."""


@dataclass(frozen=True)
class Properties:
    """The part of the document's properties, with places held for what each document says anew."""

    name: str
    xml: str
    texts: Mapping[str, JinjaTemplate]  # by what holds the place

    def filled(self, values: dict[str, Any], at: datetime) -> Entry:
        """Return the part for one document.

        Raises:
            ValueError: a property is too long.
        """
        xml = self.xml.replace(_stamp(_TIME), _stamp(at))
        for token, template in self.texts.items():
            context = template.new_context(values)
            written = "".join(template.root_render_func(context))
            if len(html.unescape(written)) > LONGEST_PROPERTY:
                raise ValueError(f"> {LONGEST_PROPERTY}: {html.unescape(written)[:40]}")
            xml = xml.replace(token, written)
        return deflated(self.name, xml.encode())


@dataclass(frozen=True)
class Template:
    """A compiled template."""

    parts: tuple[Part, ...]
    properties: Properties | None
    archive: Archive
    media: Media
    charts: tuple[NativeChart, ...] = ()

    def filled(self, values: Mapping[str, Any], at: datetime) -> bytes:
        """Return the document with these values, each of which was found in it again.

        Raises:
            LostError: some were not.
            NeedsDocumentError: a value can only be written by docxtpl itself.
            PictureError, InsertPlaceError: a picture is none, or stands where none can.
            SeriesError: a chart drawn in Word has another number of series than the declared one.
        """
        context, album = dict(values), Album(self.media)
        made = [filled(part, context, album) for part in self.parts]
        if lost := [item for _, texts in made for item in texts]:
            raise LostError(lost)
        changed = [entry for entry, _ in made]
        if self.properties:
            changed.append(self.properties.filled(context, at))
        return self.archive.written([*changed, *album.entries(), *native_charts.entries(self.charts, context)])


@lru_cache(maxsize=KEPT)
def template_of(content: bytes, *, boxed: bool = False, tied: bool = False) -> Template:
    """Return the template of these bytes; the same object as long as it is among the last ones used.

    One that is `boxed` begins with the box of data that did not pass. Given `tied`, its values stand in ties, and it
    wants the draft's mark among them.

    Raises:
        TemplateSyntaxError, SecurityError: Jinja's, for wrong and forbidden instructions.
        LeftError, UnreadableError: as `loaded` does.
        NoChartError: an alternative text names a chart, and the drawing is none.
    """
    sandbox = environment()
    document = loaded(content)
    if boxed:
        put_box(document.docx)
    properties = _properties(document, sandbox)
    numbers = numbering() if tied else None
    parts = tuple(compiled(sandbox, source, numbers) for source in sources(document) if source.filled)
    names = {part.source.name for part in parts} | ({properties.name} if properties else set())
    kept = tuple(item for item in entries(content) if item.name not in names)
    media = _media(content, document)
    return Template(parts, properties, Archive(kept), media, _charts(content, parts, media))


def _charts(content: bytes, parts: Iterable[Part], media: Media) -> tuple[NativeChart, ...]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {name: package.read(name) for name in package.namelist() if _CHART.fullmatch(name)}
    sources = (part.source for part in parts)
    found = (native_charts.native_charts(item.name, item.text, media.relations, files) for item in sources)
    return tuple(itertools.chain.from_iterable(found))


def _media(content: bytes, document: DocxTemplate) -> Media:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        listed = [name for name in names if name == TYPES or name.endswith(".rels")]
        files = {name: package.read(name).decode("utf-8-sig") for name in listed}
    pictures = {item.sha1: item.partname.lstrip("/") for item in document.docx.part.package.image_parts}
    return Media.of(files, names, pictures)


def _properties(document: DocxTemplate, sandbox: Sandbox) -> Properties | None:
    """Return the properties of a document, if it has any: python-docx would invent some, with itself as the author."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    package = document.docx.part.package
    kind = RELATIONSHIP_TYPE.CORE_PROPERTIES
    if all(relation.reltype != kind for relation in package.rels.values()):
        return None
    core, texts = document.core_properties, {}
    for number, name in enumerate(PROPERTIES):
        text = getattr(core, name)
        if MARKS.search(text):
            token = f"\ue000{number}\ue001"
            texts[token], text = compiled_text(sandbox, text), token
        setattr(core, name, text)
    core.created = core.modified = _TIME
    _first_revision(core)
    part = package.part_related_by(kind)
    return Properties(part.partname.lstrip("/"), part.blob.decode(), texts)


def _first_revision(core: CoreProperties) -> None:
    """Call the document its first revision, where it counts them; python-docx would count in a wrong namespace too."""
    for element in core._element.iter("{*}revision"):  # python-docx has no other way to the element
        element.text = "1"


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
