"""A body as plain text and as HTML."""

import re
from html.parser import HTMLParser

import pytest

from scheduler.mail.body import Body, Facts, Heading, Items, Link, Paragraph, Table
from scheduler.mail.hypertext import html_page
from scheduler.mail.plain import plain_text

MONEY = Table(
    ("Voce", "Assegnato", "Residuo"),
    (("Personale ex Madia", "8.972.346,42", "n.r"), ("Piano di potenziamento", "2.161.744,40", "€ 12,00")),
    caption="Importi 2025",
)
WIDE = Table(("Adempimento", "Nota"), (("Report annuale", "parola " * 20), ("Elenco", "breve")))

ALL = Body(
    (
        Heading("Promemoria", 1),
        Paragraph("Il report annuale dei costi del personale scade fra sette giorni; la bozza è pronta e va riletta."),
        Heading("Che cosa fare"),
        Items(
            ("Rileggere la bozza", "Firmarla, protocollarla e trasmetterla alla Regione Lombardia entro il termine.")
        ),
        Facts((("Termine di legge", "28/02/2025"), ("Riferimento", "DGR XII/1607 del 18/12/2023"))),
        MONEY,
        Link("Apri la scadenza", "https://scadenze.example.it/s/2025"),
    )
)

PLAIN = """\
Promemoria
==========

Il report annuale dei costi del personale scade fra sette giorni; la bozza è
pronta e va riletta.

Che cosa fare
-------------

- Rileggere la bozza
- Firmarla, protocollarla e trasmetterla alla Regione Lombardia entro il
  termine.

Termine di legge: 28/02/2025
Riferimento:      DGR XII/1607 del 18/12/2023

Importi 2025
Voce                       Assegnato  Residuo
----------------------  ------------  -------
Personale ex Madia      8.972.346,42      n.r
Piano di potenziamento  2.161.744,40  € 12,00

Apri la scadenza: https://scadenze.example.it/s/2025
"""


def test_plain_text_is_laid_out_for_a_terminal() -> None:
    assert plain_text(ALL) == PLAIN


def test_a_table_too_wide_becomes_records() -> None:
    text = plain_text(Body((WIDE,)))
    assert text.startswith("Adempimento: Report annuale\nNota:        parola parola")
    assert "\n\nAdempimento: Elenco\nNota:        breve\n" in text
    assert max(map(len, text.splitlines())) <= 76


def test_a_long_address_is_not_broken() -> None:
    url = "https://scadenze.example.it/" + "a-b" * 40
    assert plain_text(Body((Link("Apri", url),))) == f"Apri:\n{url}\n"
    assert f"\n{url}\n" in plain_text(Body((Paragraph(f"La bozza è qui: {url} e va riletta."),)))


def test_line_breaks_of_a_paragraph_stay() -> None:
    body = Body((Paragraph("Cordiali saluti\nL'ufficio"),))
    assert plain_text(body) == "Cordiali saluti\nL'ufficio\n"
    assert "<p>Cordiali saluti<br>\nL&#x27;ufficio</p>" in html_page(body, "x", "it")


@pytest.mark.parametrize(
    ("cells", "numeric"),
    [
        (("8.972.346,42", "1", "-3,5"), True),
        (("8.972.346,42 €", "n.r", "–", ""), True),
        (("73,8%", "n.d."), True),
        (("28/02/2025",), False),
        (("12 unità",), False),
        (("n.r", "–"), False),
        ((), False),
    ],
)
def test_numbers_are_told_from_words(cells: tuple[str, ...], numeric: bool) -> None:
    assert Table(("x",), tuple((cell,) for cell in cells)).numeric(0) is numeric


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="as wide"):
        Table(("a", "b"), (("1",),))


HOSTILE = '<script>alert("x")</script> & \x1b[31m \x00'


@pytest.mark.parametrize(
    "block",
    [
        Heading(HOSTILE),
        Paragraph(HOSTILE),
        Items((HOSTILE,)),
        Facts(((HOSTILE, HOSTILE),)),
        Table((HOSTILE,), ((HOSTILE,),), HOSTILE),
        Link(HOSTILE, f"https://x.it/{HOSTILE}"),
    ],
    ids=lambda block: type(block).__name__,
)
def test_hostile_words_stay_words(block: Heading | Paragraph | Items | Facts | Table | Link) -> None:
    page = html_page(Body((block,)), HOSTILE, "it")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "&amp;" in page
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", page + plain_text(Body((block,))))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_accessible_and_fetches_nothing() -> None:
    tags = _Tags()
    tags.feed(html_page(ALL, "Promemoria", "it"))
    assert tags.open == []
    assert tags.seen[0] == ("html", {"lang": "it"})
    assert [attributes["scope"] for tag, attributes in tags.seen if tag == "th"] == ["row"] * 2 + ["col"] * 3
    assert [tag for tag, _ in tags.seen if tag in {"h1", "h2", "caption"}] == ["h1", "h2", "caption"]
    assert not {tag for tag, _ in tags.seen} & {"img", "link", "script", "style", "iframe", "base"}
    assert not {name for _, attributes in tags.seen for name in attributes} & {"src", "background", "srcset"}
