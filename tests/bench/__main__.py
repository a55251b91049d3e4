"""Runs the benches and writes docs/benchmarks.json and docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tests.bench
from config import cluster
from tests.bench import BENCHES, Bench, Measure

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "benchmarks.json"
TABLE = ROOT / "docs" / "benchmarks.md"
LAST_LINE = "MEASURED "


def discover() -> None:
    """Import every module of benches."""
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"tests.bench.{module.name}")


def row_of(bench: Bench, measure: Measure) -> dict[str, Any]:
    """One object of docs/benchmarks.json. `ratio` is ours divided by the peer's."""
    ratio = measure.value / measure.peer_value if measure.peer_value else None
    kept = bench.limit is None or (measure.value >= bench.limit if bench.at_least else measure.value <= bench.limit)
    return {
        "id": bench.id,
        "what": bench.what,
        "value": round(measure.value, 4),
        "unit": bench.unit,
        "limit": bench.limit,
        "peer": measure.peer or None,
        "peer_value": None if measure.peer_value is None else round(measure.peer_value, 4),
        "ratio": None if ratio is None else round(ratio, 4),
        "holds": bool(kept),
    }


def table_of(rows: list[dict[str, Any]]) -> str:
    """The results as a Markdown table."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; the same for machines: `docs/benchmarks.json`. Ratio: ours divided by the peer's.",
        "",
        "| id | what | value | limit | peer | peer's value | ratio | holds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        told = {name: "–" if value is None else value for name, value in row.items()}
        holds = "yes" if row["holds"] else "**no**"
        lines.append(
            "| {id} | {what} | {value} {unit} | {limit} | {peer} | {peer_value} | {ratio} | ".format(**told)
            + f"{holds} |"
        )
    return "\n".join(lines) + "\n"


@contextmanager
def fresh_database(name: str) -> Iterator[str]:
    """A migrated, empty database for one bench; gives its address."""
    bench_cluster = cluster.configured()
    database = f"bench_{name.replace('-', '_')[:40]}"
    for statement in (f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database} TEMPLATE {cluster.OWNER}"):
        cluster.execute(bench_cluster, statement)
    try:
        yield f"postgis://{cluster.OWNER}@/{database}?host={bench_cluster.socket}"
    finally:
        cluster.execute(bench_cluster, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def measure_apart(bench: Bench) -> Measure:
    """Run one bench in a process and a database of its own, so that memory and caches of one do not colour another."""
    with fresh_database(bench.id) as address:
        command = [sys.executable, "-m", "tests.bench", "--one", bench.id]
        environment = os.environ | {"DATABASE_URL": address, "SECRET_KEY": os.environ.get("SECRET_KEY", "bench")}
        finished = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Measure(**json.loads(finished.stdout.rsplit(LAST_LINE, 1)[1]))


def measure_here(bench: Bench) -> None:
    """Run one bench in this process and print what it found."""
    with tempfile.TemporaryDirectory() as workspace:
        measure = bench.run(Path(workspace))
    sys.stdout.write(f"{LAST_LINE}{json.dumps(measure.__dict__)}\n")


def prepare() -> None:
    """Start the benches' cluster and bring its template database to the present tables."""
    cluster.start(cluster.configured())
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)


def run_all(prefix: str) -> list[dict[str, Any]]:
    """Measure the benches whose id starts with a prefix; the others keep their last result."""
    known = {row["id"]: row for row in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    for bench in sorted(BENCHES.values(), key=lambda one: one.id):
        if bench.id.startswith(prefix):
            sys.stdout.write(f"{bench.id} … ")
            sys.stdout.flush()
            known[bench.id] = row_of(bench, measure_apart(bench))
            row = known[bench.id]
            sys.stdout.write(f"{row['value']} {row['unit']}{'' if row['holds'] else '  DOES NOT HOLD'}\n")
    return [known[name] for name in sorted(known) if name in BENCHES]


def main() -> int:
    """Command line. 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("prefix", nargs="?", default="")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not asked.one:
        os.environ.pop("DATABASE_URL", None)  # figures belong to the private cluster alone
        os.environ["ATALAYA_CLUSTER"] = "bench"
        prepare()
    import django

    django.setup()
    discover()
    if asked.one:
        measure_here(BENCHES[asked.one])
        return 0
    rows = run_all(asked.prefix)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    TABLE.write_text(table_of(rows), encoding="utf-8")
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
