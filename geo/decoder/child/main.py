"""Entry of the child: reads one instruction, opens one file, writes batches to a pipe and a verdict to another."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any, BinaryIO

from .refusal import Refusal
from .sandbox import Sandbox

READERS = {
    "table": "tables",
    "describe_table": "dialects",
    "workbook": "workbooks",
    "describe_workbook": "workbooks",
    "geojson": "geojson",
    "geopackage": "geopackage",
    "shapefile": "shapefile",
    "kml": "kml",
    "kmz": "kml",
    "parquet": "parquet",
    "geotiff": "geotiff",
    "walls": "walls",
}


def main() -> None:
    """Run the instruction that stands on standard input; argument 2 is the descriptor of the verdict."""
    verdict = os.fdopen(int(sys.argv[2]), "w", encoding="utf-8")
    instruction: dict[str, Any] = json.loads(sys.stdin.read(1_000_000))
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints may land among the rows
    answer: dict[str, Any]
    try:
        answer = {"values": _run(instruction, output)}
    except Refusal as refusal:
        answer = {"refused": refusal.code, "values": refusal.values}
    except MemoryError:
        answer = {"refused": "memory", "values": {}}
    except BrokenPipeError:
        os._exit(1)
    verdict.write(json.dumps(answer))
    verdict.close()


def _run(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    reader = importlib.import_module(f".{READERS[instruction['operation']]}", package=__package__)
    reader.prepare()
    sandbox = Sandbox(os.path.dirname(instruction["path"]), may_lack_walls=instruction["may_lack_walls"])
    unpack = getattr(reader, "unpack", None)
    sandbox.raise_walls(instruction["limits"], writable_bytes=reader.UNPACKED_BYTES if unpack else 0)
    if unpack is not None:
        instruction["path"] = unpack(instruction)
        sandbox.close_writing()
    run = getattr(reader, instruction["operation"])
    values: dict[str, Any] = run(instruction, output)
    return values
