"""Writes the corpus of bad inputs into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.corpus import all_written


def main() -> int:
    """Command line: the folder to write into."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for one, path in all_written(folder):
        sys.stdout.write(f"{one.id}\t{one.door}\t{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
