"""Drafts that people have edited get new figures: their words stay to the letter, and nothing of theirs is lost."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace as Row
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.making import Release
from scheduler.documents.package import document_text
from scheduler.documents.refresh import Finding, Kind, Refreshed, marks, refreshed
from scheduler.documents.render import render
from scheduler.documents.ties import mark_of
from scheduler.documents.unverified import NAME, TITLE, names

from .word import docx, p, run, tbl, tc, tr

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
HEADING = '<w:pStyle w:val="Heading1"/>'
PROSE = "Il costo è di "
TEMPLATE = docx(
    p("Relazione", properties=HEADING),
    p(
        f"{PROSE}{{{{ dati.totale | euro }}}}, per {{{{ dati.unita | numero }}}} persone",
        "{% if dati.note %} (nota){% endif %}.",
    ),
    p("Ancora ", run("{{ dati.totale | euro }}", "<w:b/>"), " in tutto."),
    p("Costi per ente", properties=HEADING),
    tbl(
        *(2, tr("Ente", "Costo"), tr("{%tr for r in tabelle.enti %}", "")),
        *(tr("{{ r.ente }}", "{{ r.costo | euro }}"), tr("{%tr endfor %}", "")),
    ),
    p("Fine."),
    header=p("versione {{ documento.versione }}"),
)
ROWS = (("AFOL", 100), ("CMM", 200), ("Eurolavoro", 300))


def made(
    totale: int = 600,
    unita: int = 3,
    version: int = 1,
    rows: Any = ROWS,
    *,
    note: bool = False,
    template: bytes = TEMPLATE,
    reasons: tuple[str, ...] = (),
) -> bytes:
    """What the service makes of these data."""
    enti = [Row(ente=name, costo=amount) for name, amount in rows]
    values = {
        "dati": Row(totale=totale, unita=unita, note=note),
        "tabelle": Row(enti=enti),
        "documento": Row(versione=version),
    }
    if reasons:
        values[NAME] = names(Release("Anna Neri", AT.date(), "urgenza", reasons))
    return render(template, "t.docx", values, AT, "it", mark_of("k/2025", "relazione", version))


def edited(content: bytes, change: Callable[[str], str], part: str = "word/document.xml") -> bytes:
    """A document with one part's markup changed, as an editor would."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            kept = source.read(name)
            target.writestr(name, change(kept.decode()).encode() if name == part else kept)
    return result.getvalue()


def swapped(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """A change of words, each of which must be there."""

    def change(markup: str) -> str:
        for old, new in pairs:
            assert old in markup, old
            markup = markup.replace(old, new)
        return markup

    return change


def markup(content: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(part).decode()


def outside(content: bytes) -> list[str]:
    """The body's markup without what stands in ties and in the tied table, and without the draft's own mark."""
    body = re.sub(r"_scv_[0-9a-f]{20}_", "", markup(content))
    body = re.sub(r"<w:tbl>.*?</w:tbl>", "", body, flags=re.DOTALL)
    tie = r'<w:bookmarkStart[^>]*"_sc_[^>]*/>.*?<w:bookmarkEnd[^>]*/>|<w:sdtContent>.*?</w:sdtContent>'
    return re.split(tie, body, flags=re.DOTALL)


def boxed(content: bytes) -> list[str]:
    """The lines of a document before its title."""
    return document_text(content).partition("Relazione")[0].split("\n")[:-1]


def told(result: Refreshed, *kinds: Kind) -> list[tuple[str, str, str]]:
    return [(item.before, item.edited, item.fresh) for item in result.findings if item.kind in kinds]


# each: what a person has done to the markup; the words that must be there afterwards, and those that must not
Change = Callable[[str], str]
TOTAL_RUN = '<w:r><w:t xml:space="preserve">600,00 €</w:t></w:r>'
TIE = re.compile(
    r"<w:bookmarkStart[^>]*_sc_[^>]*>(?:(?!<w:bookmarkEnd).)*600,00(?:(?!<w:bookmarkEnd).)*<w:bookmarkEnd[^>]*>"
)


def untied(text: str) -> str:
    """As LibreOffice 7.4 leaves it: content controls without names, an empty run in each, bookmarks half inside."""
    return re.sub(
        r"(<w:bookmarkStart[^>]*/>)(<w:sdt><w:sdtPr>).*?</w:sdtPr><w:sdtContent>",
        r"\2</w:sdtPr><w:sdtContent>\1<w:r><w:rPr></w:rPr></w:r>",
        text,
    )


SURVIVED: dict[str, Change] = {
    "nothing": lambda text: text,
    "a paragraph put in": lambda text: text.replace("<w:sectPr", f"{p('Parole &amp; opinioni mie.')}<w:sectPr", 1),
    "words around the figures": swapped((PROSE, "Secondo noi il costo è pari a "), ("persone", "lavoratrici")),
    "a run of the value parted, as Word does": swapped(
        (
            TOTAL_RUN,
            '<w:r w:rsidR="00AB"><w:t>6</w:t></w:r><w:proofErr w:type="spellStart"/><w:r w:rsidRPr="00CD">'
            '<w:rPr><w:lang w:val="it-IT"/></w:rPr><w:t xml:space="preserve">00,00 €</w:t></w:r>',
        ),
    ),
    "another look for the value": swapped((TOTAL_RUN, TOTAL_RUN.replace("<w:t", "<w:rPr><w:i/></w:rPr><w:t"))),
    "the paragraphs in another order": lambda text: re.sub(
        r"(<w:p>(?:(?!</w:p>).)*Il costo.*?</w:p>)(.*?)(<w:p>(?:(?!</w:p>).)*Fine\..*?</w:p>)",
        r"\3\2\1",
        text,
        flags=re.DOTALL,
    ),
    "saved by LibreOffice": untied,
    "controls left out, bookmarks left": lambda text: re.sub(
        r"<w:sdt><w:sdtPr>.*?<w:sdtContent>(.*?)</w:sdtContent></w:sdt>", r"\1", text
    ),
    "bookmarks left out, controls left": lambda text: re.sub(r"<w:bookmark(?:Start|End)[^>]*_?sc_[^>]*/>", "", text),
}


@pytest.mark.parametrize("name", SURVIVED)
def test_the_figures_are_new_and_the_words_are_the_same(name: str) -> None:
    human = edited(made(), SURVIVED[name])
    result = refreshed(made(), human, made(700, 4, 2, (("AFOL", 100), ("CMM", 300), ("Eurolavoro", 300))))
    text = document_text(result.content)
    assert "700,00 €" in text
    assert "600,00 €" not in text
    assert "per 4 " in text
    assert "Ancora 700,00 € in tutto." in text
    assert "versione 2" in text
    assert outside(result.content) == outside(human)
    assert markup(result.content).count("300,00 €") == 2
    assert {item.kind for item in result.findings} == {Kind.UPDATED}
    assert marks(result.content) == {mark_of("k/2025", "relazione", 2)}


def test_a_copied_paragraph_is_refreshed_with_its_original() -> None:
    def copied(text: str) -> str:
        found = re.search(r"<w:p>(?:(?!</w:p>).)*Il costo.*?</w:p>", text, re.DOTALL)
        assert found
        return text.replace(found[0], found[0] + re.sub(r"<w:bookmark(?:Start|End)[^>]*/>", "", found[0]))

    result = refreshed(made(), edited(made(), copied), made(700))
    assert document_text(result.content).count(f"{PROSE}700,00 €") == 2


def test_a_copy_that_libreoffice_has_numbered_is_refreshed_too() -> None:
    def copied(text: str) -> str:
        [found] = re.findall(r"<w:p>(?:(?!</w:p>).)*Ancora.*?</w:p>", untied(text), re.DOTALL)
        return untied(text).replace(
            found, found + re.sub(r'(w:name="_sc_[^"]*)"', r'\g<1>1"', found).replace('w:id="9', 'w:id="19')
        )

    result = refreshed(made(), edited(made(), copied), made(700))
    assert document_text(result.content).count("Ancora 700,00 € in tutto.") == 2


def test_a_figure_that_somebody_wrote_is_not_overwritten_and_stands_beside_the_new_one() -> None:
    human = edited(made(), swapped((TOTAL_RUN, TOTAL_RUN.replace("600,00 €", "seicento euro"))))
    result = refreshed(made(), human, made(700))
    assert f"{PROSE}seicento euro, per 3" in document_text(result.content)
    [conflict] = result.open
    assert conflict == Finding(Kind.CONFLICT, "dati.totale|euro", "Relazione", "600,00 €", "seicento euro", "700,00 €")
    assert told(result, Kind.UPDATED) == [("600,00 €", "600,00 €", "700,00 €")], "the other place has the new one"


@pytest.mark.parametrize("fresh", [600, 650])
def test_a_figure_that_somebody_wrote_is_nothing_to_tell_where_the_data_have_not_changed_or_agree(fresh: int) -> None:
    human = edited(made(), lambda text: text.replace("600,00 €", "650,00 €"))
    result = refreshed(made(), human, made(fresh))
    assert result.findings == ()
    assert document_text(result.content) == document_text(human)


def test_what_was_taken_out_is_told_and_not_put_back() -> None:
    human = edited(made(), lambda text: re.sub(r"<w:p>(?:(?!</w:p>).)*(Il costo|Ancora).*?</w:p>", "", text))
    result = refreshed(made(), human, made(700))
    assert "700" not in document_text(result.content)
    assert told(result, Kind.GONE) == [("600,00 €", "", "700,00 €"), ("3", "", "3")]


def test_a_value_that_word_shows_as_its_own_placeholder_is_one_that_somebody_took_out() -> None:
    empty = "<w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Fare clic qui per immettere testo.</w:t></w:r>"
    human = edited(
        made(),
        lambda text: re.sub(r"</w:sdtPr><w:sdtContent><w:r><w:t[^>]*>600,00 €</w:t></w:r>", empty, text, count=1),
    )
    assert told(refreshed(made(), human, made(700)), Kind.CONFLICT) == [("600,00 €", "", "700,00 €")]


def test_an_empty_value_is_filled() -> None:
    template = docx(p("a", run("{{ dati.unita }}", "<w:b/>"), "b"))
    before, fresh = made(unita="", template=template), made(unita="5 & più", template=template)  # type: ignore[arg-type]
    for human in (before, edited(before, lambda text: re.sub(r"<w:t[^>]*></w:t>", "", text)), edited(before, untied)):
        assert document_text(refreshed(before, human, fresh).content) == "a5 & piùb"


def test_what_the_template_says_besides_is_told_and_left_to_people() -> None:
    result = refreshed(made(), made(), made(note=True))
    [finding] = result.open
    assert finding.kind is Kind.PROSE
    assert (finding.before, finding.fresh) == (
        "Il costo è di □, per □ persone.",
        "Il costo è di □, per □ persone (nota).",
    )
    assert document_text(result.content) == document_text(made())


def test_a_changed_template_is_no_obstacle() -> None:
    other = docx(p("Nuova riga {{ dati.unita | numero }}"), p("{{ dati.totale | euro }}"))
    result = refreshed(made(), made(), made(700, template=other))
    assert f"{PROSE}700,00 €, per 3" in document_text(result.content)
    assert all(item.kind is not Kind.GONE for item in result.findings)


TABLES: dict[str, tuple[Any, Any, list[tuple[str, str]], list[Kind]]] = {
    "one amount": (ROWS, (("AFOL", 100), ("CMM", 250), ("Eurolavoro", 300)), [("CMM", "250,00 €")], [Kind.UPDATED]),
    "a row more": (ROWS, (*ROWS[:1], ("ALES", 50), *ROWS[1:]), [("ALES", "50,00 €")], [Kind.UPDATED]),
    "a row more at the end": (ROWS, (*ROWS, ("Z", 1)), [("Z", "1,00 €")], [Kind.UPDATED]),
    "a row less": (ROWS, ROWS[1:], [], [Kind.UPDATED]),
    "all others": (ROWS, (("X", 1),), [("X", "1,00 €")], [Kind.UPDATED] * 4),
    "none any more": (ROWS, (), [], [Kind.UPDATED] * 3),
    "the first ones": ((), ROWS, [("CMM", "200,00 €")], [Kind.UPDATED] * 3),
}


def rows_of(content: bytes) -> list[list[str]]:
    rows = re.findall(r"<w:tr[ >].*?</w:tr>", markup(content), re.DOTALL)
    return [
        ["".join(re.findall(r"<w:t[^>]*>([^<]*)<", cell)) for cell in re.findall(r"<w:tc>.*?</w:tc>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_nobody_touched_is_as_the_service_makes_it(name: str) -> None:
    old, new, there, kinds = TABLES[name]
    result = refreshed(made(rows=old), edited(made(rows=old), swapped(("Fine.", "Fine davvero."))), made(rows=new))
    assert rows_of(result.content) == rows_of(made(rows=new))
    assert all(list(row) in rows_of(result.content) for row in there)
    assert [item.kind for item in result.findings] == kinds
    assert "Fine davvero." in document_text(result.content)


def test_a_cell_that_somebody_wrote_stays_and_the_others_are_new() -> None:
    human = edited(made(), swapped(("200,00 €", "circa 200 €")))
    result = refreshed(made(), human, made(rows=(("AFOL", 111), ("CMM", 222), ("Eurolavoro", 300))))
    assert rows_of(result.content)[1:3] == [["AFOL", "111,00 €"], ["CMM", "circa 200 €"]]
    assert told(result, Kind.CONFLICT) == [("200,00 €", "circa 200 €", "222,00 €")]
    assert result.open[0].heading == "Costi per ente"


def test_a_row_that_somebody_wrote_into_is_not_taken_out() -> None:
    human = edited(made(), swapped(("200,00 €", "circa 200 €")))
    result = refreshed(made(), human, made(rows=(ROWS[0], ROWS[2])))
    assert ["CMM", "circa 200 €"] in rows_of(result.content)
    assert told(result, Kind.CONFLICT) == [("CMM | 200,00 €", "CMM | circa 200 €", "")]


def test_a_table_with_rows_of_somebody_elses_is_left_alone_and_shown_beside_the_new_one() -> None:
    human = edited(made(), lambda text: text.replace("</w:tbl>", f"{tr('Altro', 'mio')}</w:tbl>"))
    result = refreshed(made(), human, made(rows=(*ROWS[:2], ("Eurolavoro", 333))))
    assert rows_of(result.content) == rows_of(human)
    assert told(result, Kind.CONFLICT) == [
        ("Eurolavoro | 300,00 €", "Eurolavoro | 300,00 €\nAltro | mio", "Eurolavoro | 333,00 €")
    ]
    assert refreshed(made(), human, made()).findings == ()


def test_a_row_put_in_looks_like_its_neighbour_and_repeats_no_bookmark() -> None:
    shaded = tc("{{ r.ente }}", properties='<w:shd w:val="clear" w:fill="AABBCC"/>')
    template = docx(tbl(1, tr(tc("{%tr for r in tabelle.enti %}")), tr(shaded), tr("{%tr endfor %}"), tr("fine")))
    human = edited(
        made(template=template, rows=ROWS[:1]),
        swapped(
            ("AFOL", 'AFOL</w:t></w:r><w:bookmarkStart w:id="7" w:name="mio"/><w:bookmarkEnd w:id="7"/><w:r><w:t>')
        ),
    )
    result = refreshed(made(template=template, rows=ROWS[:1]), human, made(template=template, rows=ROWS[:2]))
    assert markup(result.content).count('w:name="mio"') == 1
    assert rows_of(result.content)[1] == ["CMM"]


amounts = st.lists(st.tuples(st.sampled_from(["AFOL", "CMM", "Eurolavoro", "ALES <&>"]), st.integers(0, 9)), max_size=5)


@given(old=amounts, new=amounts, totals=st.tuples(st.integers(-5, 5), st.integers(-5, 5)))
def test_whatever_the_data_an_untouched_draft_becomes_the_new_one(
    old: list[tuple[str, int]], new: list[tuple[str, int]], totals: tuple[int, int]
) -> None:
    before, fresh = made(totals[0], rows=old), made(totals[1], version=2, rows=new)
    result = refreshed(before, before, fresh)
    assert document_text(result.content) == document_text(fresh)
    assert result.open == ()
    assert refreshed(fresh, result.content, fresh).findings == ()


@given(words=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30), at=st.integers(0, 40))
def test_whatever_a_person_writes_stays_to_the_letter(words: str, at: int) -> None:
    from html import escape

    pieces = re.split(r"(?=<w:p>)", markup(made()))
    pieces.insert(1 + at % 3, p(escape(words)))
    human = edited(made(), lambda _: "".join(pieces))
    result = refreshed(made(), human, made(700, 9, 2, ROWS[:2]))
    assert outside(result.content) == outside(human)


RELEASED = "Questa bozza è fatta con dati che non hanno superato i controlli:"
BY = "Sbloccata da Anna Neri il 10/02/2025. Motivo: urgenza"


@pytest.mark.parametrize("change", [str, untied, swapped((PROSE, "Il costo sarebbe "))])
@pytest.mark.parametrize(
    ("before", "fresh", "expected"),
    [
        (("a.xlsx B2",), (), []),
        ((), ("a.xlsx B2", "a.xlsx B3"), [TITLE, RELEASED, "– a.xlsx B2", "– a.xlsx B3", BY, ""]),
        (("a.xlsx B2",), ("a.xlsx B9",), [TITLE, RELEASED, "– a.xlsx B9", BY, ""]),
        (("a.xlsx B2",), ("a.xlsx B2",), [TITLE, RELEASED, "– a.xlsx B2", BY, ""]),
    ],
)
def test_the_box_of_data_that_did_not_pass_is_the_services_and_never_the_offices(
    change: Change, before: tuple[str, ...], fresh: tuple[str, ...], expected: list[str]
) -> None:
    base = made(reasons=before)
    result = refreshed(base, edited(base, change), made(700, version=2, reasons=fresh))
    assert boxed(result.content) == expected
    assert result.open == ()
    assert marks(result.content) == {mark_of("k/2025", "relazione", 2)}
    assert markup(result.content).count("_scv_") == 2, "at the beginning and at the end"
    again = refreshed(made(700, version=2, reasons=fresh), result.content, made(800, version=3))
    assert boxed(again.content) == []
    assert "800,00" in document_text(again.content)


def test_a_box_that_was_taken_out_comes_back_as_long_as_the_data_are_wrong() -> None:
    base = made(reasons=("a.xlsx B2",))
    cut = edited(base, lambda text: re.sub(r"(<w:body>)<w:p.*?(<w:p><w:pPr><w:pStyle)", r"\1\2", text, flags=re.DOTALL))
    assert boxed(cut) == []
    result = refreshed(base, cut, made(version=2, reasons=("a.xlsx B2",)))
    assert boxed(result.content) == boxed(base)
    assert boxed(refreshed(base, cut, made(version=2)).content) == []


def test_what_somebody_has_written_into_the_box_stays_and_is_shown() -> None:
    base = made(reasons=("a.xlsx B2",))
    noted = edited(base, swapped(("urgenza", "urgenza, e lo sanno")))
    result = refreshed(base, noted, made(version=2))
    assert boxed(result.content) == boxed(noted)
    [conflict] = result.open
    assert (conflict.kind, conflict.fresh) == (Kind.CONFLICT, "")
    assert "e lo sanno" in conflict.edited
    hushed = edited(base, swapped((TITLE, "Tutto bene")))
    result = refreshed(base, hushed, made(version=2, reasons=("a.xlsx B9",)))
    assert boxed(result.content)[:3] == [TITLE, RELEASED, "– a.xlsx B9"], "it says so all the same"
    assert "Tutto bene" in boxed(result.content)
