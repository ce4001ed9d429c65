"""`make bench`, or `python -m benchmarks [start] [parts] [documents] …`: those named, or all."""

from __future__ import annotations

import sys

from benchmarks import documents, engine, feed, intake, ledger, mail, pages, parts, start, term

MEASUREMENTS = {
    "start": start.measure,
    "parts": parts.measure,
    "intake": intake.measure,
    "documents": documents.measure,
    "mail": mail.measure,
    "term": term.measure,
    "ledger": ledger.measure,
    "engine": engine.measure,
    "feed": feed.measure,
    "pages": pages.measure,
}


def main() -> None:
    """Run what the arguments name."""
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"\n{name}")
        MEASUREMENTS[name]()


if __name__ == "__main__":
    main()
