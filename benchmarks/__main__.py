"""`make bench`, or `python -m benchmarks [term] [start] [parts]`: runs the measurements named, or all of them."""

from __future__ import annotations

import sys

from benchmarks import parts, start, term

MEASUREMENTS = {"start": start.measure, "parts": parts.measure, "term": term.measure}


def main() -> None:
    """Run what the arguments name."""
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"\n{name}")
        MEASUREMENTS[name]()


if __name__ == "__main__":
    main()
