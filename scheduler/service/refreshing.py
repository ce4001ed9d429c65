"""Drafts that people have edited: taking them back as a version, and carrying their text on when figures change."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from scheduler.core.ledger import Draft
from scheduler.core.rework import Rework
from scheduler.core.upload import Upload, extension
from scheduler.documents.finder import NotReadableError
from scheduler.documents.package import refuse_harmful
from scheduler.documents.refresh import Finding, marks, refreshed
from scheduler.documents.ties import mark_of
from scheduler.errors import Problem, SourceError, TemplateError, UserError
from scheduler.locale import text
from scheduler.service import evidence
from scheduler.service.workspace import Workspace

WRONG = 1  # the exit code
FIELD = "edited"
DAMAGE = (NotReadableError, zipfile.BadZipFile, zlib.error, KeyError)


def base_of(edited: Upload | None, drafts: Sequence[Draft], lang: str) -> Draft:
    """Return the version of an occurrence's drafts that a document was edited from.

    Raises:
        UserError: it is no harmless .docx, none of these drafts, or one of them to the byte.
    """
    if edited is None:
        raise _refused("rework.none", lang)
    if found := _problems(edited, lang):
        raise UserError(tuple(replace(item, where=FIELD) for item in found), exit_code=WRONG)
    sha256 = hashlib.sha256(edited.content).hexdigest()
    same = next((item for item in drafts if item.sha256 == sha256), None)
    if same is not None:
        raise _refused("rework.same", lang, document=same.document, version=same.version)
    try:
        borne = marks(edited.content)
    except DAMAGE as error:
        raise _refused("rework.unreadable", lang) from error
    base = [item for item in drafts if mark_of(item.occurrence_key, item.document, item.version) in borne]
    if not base:
        raise _refused("rework.unknown", lang)
    return base[-1]


def taken_back(base: Draft, edited: Upload, version: int, who: str, at: datetime) -> Draft:
    """Return the version that an edited document is to be, after the one that it was edited from."""
    return replace(
        base,
        version=version,
        path=_path(base, version),
        sha256=hashlib.sha256(edited.content).hexdigest(),
        size=len(edited.content),
        at=at,
        rework=Rework(base.version, base.own_path, base.own_sha256, who),
    )


def carried_on(draft: Draft, content: bytes, latest: Draft | None, workspace: Workspace) -> tuple[Draft, bytes]:
    """Return a version that the service has made, with the text of the one before it where people have edited that.

    Raises:
        SourceError: a kept file is gone or damaged.
    """
    if latest is None or latest.rework is None:
        return draft, content
    try:
        made = refreshed(workspace.read(latest.own_path), workspace.read(latest.path), content).content
    except DAMAGE as error:
        raise SourceError((workspace.damaged(latest.path),)) from error
    own = str(PurePosixPath(draft.path).with_suffix("")) + "-servizio.docx"
    rework = Rework(latest.version, own, draft.sha256)
    sha256 = hashlib.sha256(made).hexdigest()
    return replace(draft, sha256=sha256, size=len(made), rework=rework), made


def findings(draft: Draft, drafts: Sequence[Draft], workspace: Workspace) -> tuple[Finding, ...]:
    """Return what became of the places of a version that carries on people's text; nothing for any other one.

    Raises:
        SourceError: a kept file is gone or damaged.
    """
    rework = draft.rework
    before = [item for item in drafts if rework and (item.document, item.version) == (draft.document, rework.after)]
    if rework is None or rework.who or not before:
        return ()
    read = workspace.read
    try:
        return refreshed(read(before[0].own_path), read(before[0].path), read(draft.own_path)).findings
    except DAMAGE as error:
        raise SourceError((workspace.damaged(draft.path),)) from error


def _path(base: Draft, version: int) -> str:
    stem, _, _ = base.path.rpartition(f"-v{base.version}")
    return f"{stem}-v{version}.docx"


def _problems(edited: Upload, lang: str) -> tuple[Problem, ...]:
    if found := evidence.problems(edited, lang):
        return found
    if extension(edited.name) != "docx":
        return _refused("rework.kind", lang).problems
    try:
        refuse_harmful(edited.content, FIELD, lang)
    except TemplateError as error:
        return error.problems
    return ()


def _refused(code: str, lang: str, **facts: object) -> UserError:
    problem = Problem(FIELD, text(lang, code, **facts), text(lang, f"{code}.remedy", **facts))
    return UserError((problem,), exit_code=WRONG)
