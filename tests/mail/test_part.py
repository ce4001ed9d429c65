"""The parts that we write ourselves, beside those of the standard library's email package: byte for byte the same."""

from datetime import UTC, datetime
from email.message import MIMEPart
from email.policy import SMTP
from hashlib import sha256

from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.mail.body import Body, Facts, Heading, Items, Paragraph, Table
from scheduler.mail.hypertext import html_page
from scheduler.mail.message import DOCX, ICS, Attachment, Letter, compose
from scheduler.mail.plain import plain_text

ID = "<f38348fe-0de3-5c3c-b01d-549da5438044@example.it>"
POLICY = SMTP.clone(cte_type="7bit", utf8=False, max_line_length=76)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120)
widths = st.text("aè= .\t–🎉_?", min_size=60, max_size=160)  # around the place where a line is broken
blocks = st.one_of(
    st.builds(Paragraph, texts | widths),
    st.builds(Heading, texts, st.sampled_from([1, 2])),
    st.builds(Items, st.lists(texts | widths, max_size=3).map(tuple)),
    st.builds(Facts, st.lists(st.tuples(texts, texts), max_size=3).map(tuple)),
    st.builds(Table, st.tuples(lines, lines), st.lists(st.tuples(texts, texts), max_size=3).map(tuple), texts),
)
names = (lines | st.text("aA1 .-_è'\"%;,()=?*🎉’", min_size=1, max_size=150)).filter(
    lambda name: bool(name.strip(". ")) and not {"/", "\\"} & set(name)
)
types = st.sampled_from([DOCX, ICS, "application/pdf", "application/octet-stream", "IMAGE/png", "text/csv"])
attachments = st.builds(Attachment, names, st.binary(max_size=400), types)


def by_the_standard_library(letter: Letter) -> bytes:
    """Make the content of the mail with the email package alone, with our boundaries in the place of random ones."""
    part = MIMEPart(policy=POLICY)
    part.set_content(plain_text(letter.body), cte="quoted-printable")
    page = html_page(letter.body, letter.subject.strip(), "it")
    part.add_alternative(page, subtype="html", cte="quoted-printable")
    for attachment in letter.attachments:
        main, sub = attachment.media_type.lower().split("/")
        params = {"charset": "utf-8"} if main == "text" else {}
        part.add_attachment(attachment.content, main, sub, filename=attachment.name, params=params)
    digest = sha256(ID.encode()).hexdigest()[:32]
    for number, piece in enumerate(part.walk()):
        if piece.is_multipart():
            piece.set_boundary(f"=_{number}_{digest}")
    return part.as_bytes()


def content(letter: Letter) -> bytes:
    raw = compose(letter, message_id=ID, sent_at=datetime(2025, 1, 1, tzinfo=UTC), lang="it")
    head = b"MIME-Version: 1.0\r\n"
    return raw[raw.index(head) + len(head) :]


@given(lines.filter(str.strip), st.lists(blocks, max_size=4).map(tuple).map(Body), st.lists(attachments, max_size=3))
@example("Bozza", Body(()), [])
@example("Bozza", Body((Paragraph(""),)), [Attachment("vuoto.docx", b"", DOCX)])
@example("Bozza", Body((Paragraph(" "),)), [Attachment("a.bin", b"\0" * length, DOCX) for length in (56, 57, 58)])
@example("è", Body((Paragraph("x" * 75 + " " + "y" * 76 + "\t"),)), [Attachment('città 🎉 "b".docx', b"a", DOCX)] * 2)
@example("è", Body((Paragraph(".\nFrom me\r\n--=_0_\x0c\x85"),)), [Attachment("è" * 150, b"a" * 114, ICS)])
def test_a_mail_is_byte_for_byte_that_of_the_standard_library(
    subject: str, body: Body, files: list[Attachment]
) -> None:
    letter = Letter("a@example.it", ("b@example.it",), subject, body, tuple(files))
    assert content(letter) == by_the_standard_library(letter)


def test_also_a_big_one() -> None:
    files = tuple(Attachment(f"{size}.bin", bytes(range(256)) * size, "application/octet-stream") for size in (999, 4))
    letter = Letter("a@example.it", ("b@example.it",), "Bozza", Body((Paragraph("è " * 20_000),)), files)
    assert content(letter) == by_the_standard_library(letter)
