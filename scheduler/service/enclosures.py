"""What goes with a mail: a few documents as they are, many as one archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from scheduler.mail.message import DOCX, Attachment
from scheduler.service.typesetting import Document

MOST = 5  # documents that go one by one
ZIP = "application/zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say


def attachments(documents: Sequence[Document]) -> tuple[Attachment, ...]:
    """Return the attachments of documents of one occurrence; the same documents give the same bytes."""
    if len(documents) <= MOST:
        return tuple(Attachment(_name(item), item.content, DOCX) for item in documents)
    return (Attachment(f"{documents[0].draft.occurrence_key.replace('/', '-')}.zip", _archive(documents), ZIP),)


def _archive(documents: Sequence[Document]) -> bytes:
    """Return the archive; its files are deflated already."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as archive:
        for item in documents:
            archive.writestr(zipfile.ZipInfo(_name(item), _EPOCH), item.content)
    return result.getvalue()


def _name(document: Document) -> str:
    return document.draft.path.rsplit("/", 1)[-1]
