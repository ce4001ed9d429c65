"""The sandbox that templates run in, and the texts that a rendering has printed."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, MutableMapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from docxtpl import Listing, RichText, RichTextParagraph
from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Environment
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from scheduler.documents.codes import CODES
from scheduler.documents.formats import FILTERS, printed
from scheduler.documents.inserts import Insert, InsertPlaceError
from scheduler.documents.order import restored
from scheduler.documents.shape import place, settle

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

    from scheduler.documents.album import Page

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LAYOUT = re.compile("[\t\n\r\a\f]")  # docxtpl makes elements of these
_RUNS = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_MOST_TIMES = 1000
_RICH = (RichText, RichTextParagraph)
_ALLOWED = (nodes.Output, nodes.For, nodes.If, nodes.With, nodes.Assign, nodes.AssignBlock, nodes.Macro)


class NeedsDocumentError(Exception):
    """A value was printed that only docxtpl can write, because it changes the whole document."""


class ForbiddenError(SecurityError):
    """A template has a statement that it may not have."""

    def __init__(self, node: nodes.Stmt) -> None:
        super().__init__(type(node).__name__.lower())
        self.lineno: int = node.lineno or 0


class Printed:
    """The texts that a rendering has printed, as XML writes them."""

    def __init__(self) -> None:
        self.texts: list[str] = []  # in the order printed
        self.parted = False  # a text was noted in pieces, because it will stand in several elements
        self.lost: list[str] = []  # those that were printed where Word shows none
        self.page: Page | None = None  # where pictures go; None where there is no place for them
        self.drawn = False  # a picture was printed

    def note(self, written: str) -> None:
        """Remember a text."""
        pieces = _LAYOUT.split(written)
        self.texts.extend(pieces)
        self.parted = self.parted or len(pieces) > 1


class Rendering(Context):
    """What generated code calls for each value that it prints: one method for each place."""

    environment: Sandbox

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Any],
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  (the name is Jinja's)
    ) -> None:
        super().__init__(environment, parent, name, blocks, globals)
        self.printed = self.environment.printed or Printed()
        self.texts = self.printed.texts

    def text(self, value: object) -> str:
        """Return a value printed inside a text, and note it."""
        if type(value) is not str or not value.isprintable():
            return self._text(value)
        if "&" in value or "<" in value or ">" in value:
            value = html.escape(value, quote=False)
        self.texts.append(value)
        return value

    def attribute(self, value: object) -> str:
        """Return a value printed inside a tag; it is not seen in the document, so it is not noted."""
        return html.escape(plain(value))

    def between(self, value: object) -> str:
        """Return what is printed between elements: markup, or a blank; a text is lost there."""
        if isinstance(value, _RICH):
            return self._runs(str(value))
        if isinstance(value, Insert) and value.picture() is not None:
            raise InsertPlaceError
        if isinstance(value, Insert) or (isinstance(value, Markup) and "<" in value):
            return self._text(value)
        written = str(value) if isinstance(value, Markup) else html.escape(plain(value), quote=False)
        if written.strip():
            self.printed.lost.append(written)
        return written

    def _text(self, value: object) -> str:
        if isinstance(value, Markup):  # what the template has put together itself: its values are noted already
            return str(value)
        if isinstance(value, Insert):
            return self._insert(value)
        if isinstance(value, _RICH):
            return self._runs(str(value))
        if isinstance(value, Listing):
            self.printed.note(str(value))
            return str(value)
        written = html.escape(plain(value), quote=False)
        self.printed.note(written)
        return written

    def _insert(self, value: Insert) -> str:
        if self.environment.document is not None:
            return value.markup(self.environment.document)
        if (picture := value.picture()) is None:
            raise NeedsDocumentError
        if self.printed.page is None:
            raise InsertPlaceError
        self.printed.drawn = True
        return self.printed.page.markup(picture)

    def _runs(self, markup: str) -> str:
        for text in _RUNS.findall(markup):
            self.printed.note(text)
        return restored(markup)


class _Writer(CodeGenerator):
    """Hands each printed value to the method of its place, constants too: those are looked for as well."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(f"context.{place(node)}(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


class Sandbox(ImmutableSandboxedEnvironment):
    """Strict about names; every value escaped; our filters and no `safe`; only the statements that templates need."""

    code_generator_class = _Writer
    context_class = Rendering
    intercepted_binops = frozenset(("*", "**"))
    printed: Printed | None = None  # shared by all parts, where one is given
    document: DocxTemplate | None = None  # set where docxtpl itself renders

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute as the sandbox does; of our own rows without asking what kind of thing they are."""
        if type(obj) is SimpleNamespace and attribute[0] != "_":
            try:
                return obj.__dict__[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse methods of markup as well: with them a template could write elements that nobody has checked."""
        return not isinstance(obj, (Markup, Insert, Listing, *_RICH)) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply, unless the result could fill the memory."""
        texts = isinstance(left, str | list | tuple) or isinstance(right, str | list | tuple)
        largest = max((abs(item) for item in (left, right) if isinstance(item, int)), default=0)
        if (texts or operator == "**") and largest > _MOST_TIMES:
            raise SecurityError(f"{operator} {largest}")
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Stmt):
            if not isinstance(node, _ALLOWED):
                raise ForbiddenError(node)
        settle(tree)
        return tree


def environment(printed_texts: Printed | None = None, document: DocxTemplate | None = None) -> Sandbox:
    """Return a sandbox; given notes, all its renderings share them; given docxtpl's document, it writes the inserts."""
    sandbox = Sandbox(undefined=StrictUndefined, autoescape=True)
    sandbox.filters = {name: sandbox.filters[name] for name in ("length", "first", "last", "default", "upper")}
    sandbox.filters.update(FILTERS)
    sandbox.filters.update(CODES)
    sandbox.globals = {}
    sandbox.printed, sandbox.document = printed_texts, document
    return sandbox


def plain(value: object) -> str:
    """Return a value as text, without the control characters that XML has no room for."""
    return _CONTROL.sub("", printed(value))


def known_names(values: Mapping[str, Any]) -> list[str]:
    """Return the names at the top of a context and those one step below."""
    return [*values, *(name for value in values.values() for name in getattr(value, "__dict__", {}))]
