"""The pictures of a document: their files, and how the package and its parts come to know of them."""

from __future__ import annotations

import html
import itertools
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from scheduler.documents.archive import Entry, deflated, stored
from scheduler.documents.inserts import Picture

if TYPE_CHECKING:
    from docx.image.image import Image

TYPES = "[Content_Types].xml"
PICTURE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"

_NO_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
)
_END = re.compile(r"<(/?)([\w.-]+:)?(Types|Relationships)\b([^<>]*?)/?>\s*$")
_MEDIA = re.compile(r"word/media/image(\d+)\.")
_INLINE = (
    '</w:t></w:r><w:r><w:drawing><wp:inline xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:extent cx="{cx}" cy="{cy}"/><wp:docPr id="{id}" {alt}name="Picture {id}"/>'
    '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="0" name="{file}"/><pic:cNvPicPr/></pic:nvPicPr>'
    '<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    '<w:r><w:t xml:space="preserve">'
)


class PictureError(Exception):
    """The bytes of a picture are none that Word shows."""


@dataclass(frozen=True)
class Media:
    """What a template's package says of pictures before one is printed."""

    types: str  # the markup of [Content_Types].xml
    relations: Mapping[str, str]  # the markup of each part's relationships, by the name of its file
    names: Mapping[str, str]  # of the pictures that the template has, by the SHA-1 of their bytes
    numbers: frozenset[int]  # that such names have

    @classmethod
    def of(cls, files: Mapping[str, str], names: Iterable[str], pictures: Mapping[str, str]) -> Media:
        """Return it, given those files of the package as text, the names of all, and its pictures by SHA-1."""
        numbers = frozenset(int(found[1]) for name in names if (found := _MEDIA.match(name)))
        return cls(files[TYPES], {name: text for name, text in files.items() if name != TYPES}, pictures, numbers)


class Album:
    """The pictures of one document that is being filled."""

    def __init__(self, media: Media) -> None:
        self._types, self._media = media.types, media
        self._names = dict(media.names)
        self._numbers = set(media.numbers)
        self._files: list[Entry] = []
        self._pages: dict[str, Page] = {}

    def page(self, part: str, first_id: int) -> Page:
        """Return the pictures of one part, given its name and the first number that its drawings leave free."""
        if part not in self._pages:
            self._pages[part] = Page(self, part, self._media.relations.get(relations_of(part), ""), first_id)
        return self._pages[part]

    def name(self, picture: Image) -> str:
        """Return the name of a picture's file, which is in the package once."""
        digest = str(picture.sha1)
        if digest not in self._names:
            number = next(item for item in itertools.count(1) if item not in self._numbers)
            self._numbers.add(number)
            self._names[digest] = f"word/media/image{number}.{picture.ext}"
            self._files.append(stored(self._names[digest], picture.blob))
            self._declare(self._names[digest], picture.ext, picture.content_type)
        return self._names[digest]

    def entries(self) -> list[Entry]:
        """Return what the pictures add to the package or change in it; nothing where none was printed."""
        changed = [deflated(relations_of(name), page.relations.encode()) for name, page in self._pages.items() if page]
        types = [deflated(TYPES, self._types.encode())] if self._types != self._media.types else []
        return [*types, *changed, *self._files]

    def _declare(self, name: str, extension: str, kind: str) -> None:
        for item in ElementTree.fromstring(self._types):  # noqa: S314  (of a template already checked for entities)
            if item.get("Extension", "").lower() == extension:
                if item.get("ContentType") != kind:
                    self._types = appended(self._types, "Override", PartName=f"/{name}", ContentType=kind)
                return
        self._types = appended(self._types, "Default", Extension=extension, ContentType=kind)


class Page:
    """The pictures of one part of a document."""

    def __init__(self, album: Album, part: str, relations: str, first_id: int) -> None:
        self.relations = relations or _NO_RELATIONS
        self._album, self._folder, self._id = album, posixpath.dirname(part), first_id
        self._given = self.relations
        self._by_target = dict(_pictures(self.relations, self._folder))

    def __bool__(self) -> bool:
        """Tell whether the part has a relationship that its template does not have."""
        return self.relations != self._given

    def markup(self, picture: Picture) -> str:
        """Return what stands for a picture inside a text: the end of the text, the drawing, and another text.

        Raises:
            PictureError: the bytes are no picture.
        """
        image = image_of(picture.content)
        width = None if picture.width_mm is None else round(picture.width_mm * 36000)  # English metric units
        cx, cy = image.scaled_dimensions(width, None)
        alt = f'descr="{html.escape(picture.alt)}" ' if picture.alt else ""
        relation = self._relation(self._album.name(image))
        return _INLINE.format(cx=cx, cy=cy, alt=alt, id=self._id, file=image.filename, relation=relation)

    def _relation(self, name: str) -> str:
        if name not in self._by_target:
            used = {item.get("Id") for item in ElementTree.fromstring(self.relations)}  # noqa: S314  (as above)
            key = next(f"rId{number}" for number in itertools.count(1) if f"rId{number}" not in used)
            target = posixpath.relpath(name, self._folder)
            self.relations = appended(self.relations, "Relationship", Id=key, Type=PICTURE, Target=target)
            self._by_target[name] = key
        return self._by_target[name]


def relations_of(part: str) -> str:
    """Return the name of the file with a part's relationships."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def appended(xml: str, tag: str, **attributes: str) -> str:
    """Return a list of types or relationships with one more in it."""
    found = _END.search(xml)
    if found is None:
        raise ValueError(xml[-80:])
    closing, prefix, root, rest = found.groups()
    name = prefix or ""
    given = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())
    start = "" if closing else f"<{name}{root}{rest}>"
    return f"{xml[: found.start()]}{start}<{name}{tag}{given}/></{name}{root}>"


def _pictures(relations: str, folder: str) -> Iterable[tuple[str, str]]:
    """Yield the name and the key of each picture that a part is related to."""
    for item in ElementTree.fromstring(relations):  # noqa: S314  (of a template already checked for entities)
        if item.get("Type") == PICTURE:
            target = posixpath.join(f"/{folder}", item.get("Target", ""))
            yield posixpath.normpath(target).lstrip("/"), item.get("Id", "")


@lru_cache(maxsize=32)
def image_of(content: bytes) -> Image:
    """Return what a picture's bytes say of it: kind and size.

    Raises:
        PictureError: they are no picture.
    """
    from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
    from docx.image.image import Image

    try:
        return Image.from_blob(content)
    except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError, KeyError, ValueError) as error:
        raise PictureError from error
