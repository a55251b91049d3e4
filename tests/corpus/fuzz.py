"""Mutates files of the corpus and sends them through the decoder: `python -m tests.corpus.fuzz --seconds 900 --seed 1`.

Every file must be answered in time, by rows or by a refusal with a known code; nobody may be called, and nothing of
another file may come out. Files that break this are kept in `var/fuzz`, and the run ends with 1.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SECRET = "contenido-ajeno-7391"
LONGEST_S = 60.0
LARGEST_SEED = 200_000
ODD_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutated(raw: bytes, other: bytes, rng: random.Random) -> bytes:
    """The bytes with a few things changed: bits, odd numbers, pieces doubled, cut out, or taken from another file."""
    content = bytearray(raw)
    for _turn in range(rng.choice((1, 1, 2, 4, 8))):
        place = rng.randrange(max(1, len(content)))
        length = rng.choice((1, 2, 4, 16, 256))
        change = rng.randrange(6)
        if change == 0:
            for _bit in range(max(1, len(content) * rng.randint(1, 10) // 1000)):
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        elif change == 1:
            content[place : place + 4] = rng.choice(ODD_NUMBERS).to_bytes(4, rng.choice(("little", "big")))
        elif change == 2:
            content[place:place] = content[place : place + length] * rng.choice((1, 2, 50))
        elif change == 3:
            del content[place : place + length]
        elif change == 4:
            start = rng.randrange(max(1, len(other)))
            content[place : place + length] = other[start : start + length]
        else:
            del content[place + rng.randrange(max(1, len(content) - place)) :]
        if not content:
            content = bytearray(b"\0")
    return bytes(content)


def answer(path: Path) -> tuple[str, str]:
    """The code of what became of a file ("rows" where it was read), and all that came out of it."""
    from geo.decoder import decode_layer, decode_raster, decode_table, describe_table
    from geo.errors import RefusedFileError

    try:
        if path.suffix == ".tif":
            decode_raster(path)
            return "rows", ""
        if path.suffix in {".csv", ".xlsx", ".xlsm", ".ods"}:
            described = describe_table(path)
            batches = decode_table(path, dialect=described.dialect, columns=described.header)
            return "rows", " ".join(str(batch.to_pydict()) for batch in batches)
        return "rows", decode_layer(path).frame.drop(columns="geometry").to_string()
    except RefusedFileError as error:
        return str(error.extra["code"]), str(error)


def fault_of(code: str, told: str, seconds: float) -> str:
    """What is wrong with an answer; empty where it is a right one."""
    from geo.decoder.reasons import FILE_REASONS

    if code != "rows" and code not in FILE_REASONS:
        return f"unknown code {code}"
    if SECRET in told:
        return "another file was read"
    return f"{seconds:.0f} s" if seconds > LONGEST_S else ""


def fuzz(seconds: float, seed: int, kept: Path) -> int:
    """Mutate and send until the time is over; the number of wrong answers."""
    from tests.corpus import all_written

    rng = random.Random(seed)
    found: Counter[str] = Counter()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = [path for _one, path in all_written(folder / "seeds") if path.stat().st_size <= LARGEST_SEED]
        contents = [path.read_bytes() for path in seeds]
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            number = rng.randrange(len(seeds))
            path = folder / f"fuzz{seeds[number].suffix}"
            path.write_bytes(mutated(contents[number], rng.choice(contents), rng))
            begun = time.monotonic()
            try:
                code, told = answer(path)
                fault = fault_of(code, told, time.monotonic() - begun)
            except Exception as error:
                code, fault = "escaped", repr(error)[:200]
            found[code] += 1
            if fault:
                wrong += 1
                kept.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, kept / f"{seed}-{sum(found.values())}-{seeds[number].parent.name}{path.suffix}")
                sys.stdout.write(f"{seeds[number].parent.name}: {fault}\n")
    counts = ", ".join(f"{code} {count}" for code, count in found.most_common())
    sys.stdout.write(f"{sum(found.values())} files in {seconds:.0f} s, seed {seed}: {counts}; wrong answers: {wrong}\n")
    return wrong


def main() -> int:
    """Command line. 1 where an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.fuzz")
    parser.add_argument("--seconds", type=float, default=900.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "fuzz")
    import django
    from django.conf import settings

    django.setup()
    return 1 if fuzz(asked.seconds, asked.seed, settings.STATE_DIR / "fuzz") else 0


if __name__ == "__main__":
    raise SystemExit(main())
