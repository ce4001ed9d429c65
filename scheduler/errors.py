"""The four errors of the project: each carries facts, and the edge turns them into sentences and exit codes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what it is, and what to do about it; all in the user's language."""

    where: str  # "deadlines.yaml:42", "data/costi/2025-Q1.xlsx [Costi] F17", "templates/x.docx"
    what: str  # path, value and fault
    remedy: str = ""
    discreet: str = ""  # the fault without the value found, which may be somebody's name; '' where nothing is to hide
    warning: bool = False  # it keeps nobody from going on
    releasable: bool = False  # a person may go on all the same, and answer for it
    example: str = ""  # what would be right in that place: `8.305.352,69`; '' where there is no one such thing

    def __str__(self) -> str:
        return self._sentence(self.what)

    @property
    def told(self) -> str:
        """The fault as a mail tells it, which never carries what stands in a cell."""
        return self.discreet or self.what

    def for_mail(self) -> str:
        """Return the sentence for a mail, which never carries what stands in a cell."""
        return self._sentence(self.told)

    def _sentence(self, what: str) -> str:
        text = f"{self.where}: {what}" if self.where else what
        return f"{text}; {self.remedy}" if self.remedy else text


@dataclass(eq=False)
class ScadenzarioError(Exception):
    """What the four errors share: all their problems at once."""

    problems: tuple[Problem, ...] = field(default=())

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(eq=False)
class UserError(ScadenzarioError):
    """The user's configuration or request is wrong (exit code 3, or the one it names)."""

    exit_code: int | None = None


class SourceError(ScadenzarioError):
    """A workbook is missing, unreadable, or holds something it must not (exit code 5)."""


class TemplateError(ScadenzarioError):
    """A Word template cannot be used, or cannot be filled with these data (exit code 4)."""


@dataclass(eq=False)
class DeliveryError(ScadenzarioError):
    """A mail could not be handed over (exit code 6)."""

    permanent: bool = False  # True: trying again is useless (5xx)
    code: int | None = None  # the server's reply code, where there was one
    refused: dict[str, str] = field(default_factory=dict)  # recipient -> the server's reply
    after_dot: bool = False  # True: the final dot was sent and no reply came; it may have been accepted
