"""The reviewer's copy of a draft: not kept, but made anew from what is kept, whenever it is asked for."""

from __future__ import annotations

from collections.abc import Collection

from scheduler.core.kept_figures import KeptFigure, KeptFigures
from scheduler.core.ledger import Draft
from scheduler.documents.annex import Source
from scheduler.documents.finder import NotReadableError
from scheduler.documents.review import reviewed
from scheduler.errors import SourceError
from scheduler.service.workspace import Workspace


def review_copy(draft: Draft, figures: KeptFigures | None, personal: Collection[str], workspace: Workspace) -> bytes:
    """Return a draft with its sources in comments and an annex; without figures, with an empty annex.

    `personal`: the figures that are about one person, which the annex says only where the draft does.

    Raises:
        SourceError: its file is gone or damaged.
    """
    sources = [_source(item, personal) for item in figures.figures.values()] if figures else []
    try:
        content, own = workspace.read(draft.path), workspace.read(draft.own_path)
        return reviewed(content, own, sources, draft.at, workspace.lang)
    except (NotReadableError, KeyError, ValueError) as error:
        raise SourceError((workspace.damaged(draft.path),)) from error


def _source(figure: KeptFigure, personal: Collection[str]) -> Source:
    value = figure.value if figure.rows is None else figure.rows
    return Source(figure.name, value, figure.formula, figure.cells, figure.name in personal)
