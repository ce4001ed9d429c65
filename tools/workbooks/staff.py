"""The staff list, month by month: invented posts and registration numbers, no names, no tax codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random

from .sheet import DATE, GENERAL, Column, Sheet, Value, workbook_bytes
from .term import MONTHS, Month, italian_date, italian_number

EX_MADIA, PIANO, EX_PON = "ex Madia", "Piano di potenziamento", "ex PON-POC SPAO"
SOURCES = (EX_MADIA, PIANO, EX_PON)
EMPLOYERS = ("CMM", "AFOL", "Eurolavoro")
CENTRES = tuple(f"CPI {number:02}" for number in range(1, 10))
IN_SERVICE, ON_LEAVE = "in servizio", "aspettativa"
HIRED, LEFT, MOVED, PART_TIME = "assunzione", "cessazione", "trasferimento di sede", "part-time"

FORGOTTEN = (Month(2026, 9), "CPI 07")  # in this list that centre is missing, and no other

FULL_TIME = Decimal(100)
_REDUCED = (Decimal("83.33"), Decimal(50))

# 285 posts: per source, how many of each employer; then how many of each area.
_POSTS = {EX_MADIA: (59, 147, 23), PIANO: (2, 7, 1), EX_PON: (8, 34, 4)}
_AREAS = {"D": 160, "C": 96, "IT": 29}
_PROFILES = {
    "D": ("Specialista in politiche del lavoro", "Specialista amministrativo", "Specialista in statistica e dati"),
    "C": ("Operatore del mercato del lavoro", "Istruttore amministrativo"),
    "IT": ("Addetto all'accoglienza", "Addetto ai servizi informatici"),
}
_CENTRE_WEIGHTS = (54, 41, 36, 33, 30, 27, 25, 21, 18)
_FIXED_TERM_SHARE = {EX_MADIA: 0.03, PIANO: 0.3, EX_PON: 0.25}
_FIXED_TERM_MONTHS = 36
_SINCE = {EX_MADIA: 1998, PIANO: 2020, EX_PON: 2019}


@dataclass(frozen=True)
class Person:
    """One row of a month's list; `part_time` is a percentage, `end` the end of a fixed term or of service."""

    number: int
    employer: str
    source: str
    centre: str
    area: str
    profile: str
    contract: str
    part_time: Decimal
    start: date
    end: date | None = None
    state: str = IN_SERVICE
    change: str = ""

    @property
    def badge(self) -> str:
        """The registration number as the office writes it: `0001`."""
        return f"{self.number:04}"


StaffByMonth = Mapping[Month, tuple[Person, ...]]


def staff_by_month() -> StaffByMonth:
    """Return the list of every month of the term; each follows from the one before."""
    rng = Random("personale")
    people = _first_list(rng)
    number = len(people)
    lists = {}
    for month in MONTHS:
        people = _with_hires(people, month, number, rng)
        number = max(number, *(person.number for person in people))
        people = _with_events(people, month, rng)
        lists[month] = tuple(sorted(people, key=lambda person: person.number))
    return lists


def staff_files(staff: StaffByMonth) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each month's list."""
    for month, people in staff.items():
        title = f"Elenco del personale dei Centri per l'impiego – {month.title}"
        sheet = Sheet("Elenco", title, _COLUMNS, [_row(person) for person in people if _is_told(person, month)])
        yield f"personale/{month.key}.xlsx", workbook_bytes(sheet)


def _is_told(person: Person, month: Month) -> bool:
    """Tell whether a month's list has a person: in one month one centre has not sent its own, as it happens."""
    return (month, person.centre) != FORGOTTEN


def _first_list(rng: Random) -> list[Person]:
    posts = [(s, e) for s in SOURCES for e, units in zip(EMPLOYERS, _POSTS[s], strict=True) for _ in range(units)]
    areas = [area for area, units in _AREAS.items() for _ in range(units)]
    rng.shuffle(areas)
    drafts = [_first_person(source, employer, area, rng) for (source, employer), area in zip(posts, areas, strict=True)]
    drafts.sort(key=lambda person: person.start)
    return [replace(person, number=number) for number, person in enumerate(drafts, start=1)]


def _first_person(source: str, employer: str, area: str, rng: Random) -> Person:
    person = Person(
        number=0,
        employer=employer,
        source=source,
        centre=rng.choices(CENTRES, _CENTRE_WEIGHTS)[0],
        area=area,
        profile=rng.choice(_PROFILES[area]),
        contract="comando" if employer == "CMM" and rng.random() < 0.06 else "TI",
        part_time=rng.choice(_REDUCED) if rng.random() < 0.1 else FULL_TIME,
        start=date(rng.randint(_SINCE[source], 2023), rng.randint(1, 12), rng.randint(1, 28)),
        state=ON_LEAVE if rng.random() < 0.01 else IN_SERVICE,
    )
    if person.contract == "TI" and rng.random() < _FIXED_TERM_SHARE[source]:
        return _fixed_term(person, Month(2021, 1).shifted(rng.randint(3, 35)))
    return person


def _fixed_term(person: Person, since: Month) -> Person:
    end = since.shifted(_FIXED_TERM_MONTHS - 1).last
    return replace(person, contract="TD", start=since.first, end=end)


def _with_hires(people: list[Person], month: Month, number: int, rng: Random) -> list[Person]:
    """Fill the post of whoever left last month; clear what was last month's news."""
    current = []
    for person in people:
        if person.change == LEFT:
            number += 1
            current.append(_hired(person, month, number, rng))
        else:
            current.append(replace(person, change=""))
    return current


def _hired(post: Person, month: Month, number: int, rng: Random) -> Person:
    person = replace(
        post,
        number=number,
        contract="TI",
        part_time=FULL_TIME,
        start=month.first,
        end=None,
        state=IN_SERVICE,
        change=HIRED,
    )
    return _fixed_term(person, month) if rng.random() < _FIXED_TERM_SHARE[post.source] else person


def _with_events(people: list[Person], month: Month, rng: Random) -> list[Person]:
    """Let fixed terms end, then a few people leave, move, or change their hours; some go on leave or return."""
    current = [replace(person, change=LEFT) if person.end == month.last else person for person in people]
    quiet = [index for index, person in enumerate(current) if not person.change and person.state == IN_SERVICE]
    rng.shuffle(quiet)
    for index in [quiet.pop() for _ in range(rng.choice((0, 1, 1, 2)))]:
        current[index] = replace(current[index], end=month.last, change=LEFT)
    for index in [quiet.pop() for _ in range(rng.choice((1, 1, 2, 3)))]:
        elsewhere = [centre for centre in CENTRES if centre != current[index].centre]
        current[index] = replace(current[index], centre=rng.choice(elsewhere), change=MOVED)
    for index in [quiet.pop() for _ in range(rng.choice((0, 1, 1, 2)))]:
        hours = rng.choice(_REDUCED) if current[index].part_time == FULL_TIME else FULL_TIME
        current[index] = replace(current[index], part_time=hours, change=PART_TIME)
    return [person if person.change else replace(person, state=_next_state(person, rng)) for person in current]


def _next_state(person: Person, rng: Random) -> str:
    if person.state == ON_LEAVE:
        return IN_SERVICE if rng.random() < 0.25 else ON_LEAVE
    return ON_LEAVE if rng.random() < 0.004 else IN_SERVICE


_COLUMNS = (
    Column("Matricola", 11),
    Column("Ente", 12),
    Column("Sede CPI", 10),
    Column("Area", 7),
    Column("Profilo", 36),
    Column("Rapporto", 11),
    Column("Part-time %", 12, GENERAL),
    Column("Data inizio", 12, DATE),
    Column("Data fine", 12, DATE),
    Column("Fonte", 24),
    Column("Stato", 13),
    Column("Variazione del mese", 22),
)


def _row(person: Person) -> tuple[Value, ...]:
    """Some dates and percentages are text, as in lists that several hands fill in; the same ones every month."""
    typed = person.number % 13 == 0
    return (
        person.badge,
        person.employer,
        person.centre,
        person.area,
        person.profile,
        person.contract,
        italian_number(person.part_time) if person.part_time % 1 and person.number % 4 == 0 else person.part_time,
        italian_date(person.start) if typed else person.start,
        italian_date(person.end) if person.end and typed else person.end,
        person.source,
        person.state,
        person.change or None,
    )
