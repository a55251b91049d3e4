"""Runs the child: an empty folder with a copy of the file, a clean environment, limits, a wall clock, two pipes."""

from __future__ import annotations

import io
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from django.conf import settings

from geo.decoder.limits import Caps, Limits
from geo.decoder.reasons import refused

HERE = Path(__file__).resolve().parent
BOOTSTRAP = "import sys; sys.path.insert(0, sys.argv[1]); from child.main import main; main()"
LONGEST_VERDICT = 1_000_000
DEAD_PROXY = "http://127.0.0.1:9"
ROW_NUMBER, ROW_ERROR = "__row_number", "__row_error"
FAMILY, GEOMETRY = "__family", "__geometry"


@dataclass(frozen=True)
class Order:
    """What one child is asked to do."""

    operation: str
    suffix: str
    limits: Limits
    caps: Caps
    options: dict[str, Any]
    driver: str = ""
    library: str = "pyogrio"


@lru_cache(maxsize=8)
def drivers_but(expected: str, library: str) -> str:
    """GDAL_SKIP for a child that may use one driver: every other one of this very wheel; unknown names only warn."""
    if library == "rasterio":
        import rasterio

        with rasterio.Env() as environment:
            return ",".join(sorted(set(environment.drivers()) - {expected}))
    import pyogrio

    return ",".join(sorted(set(pyogrio.list_drivers()) - {expected}))


def clean_environment(folder: Path, driver: str, library: str = "pyogrio") -> dict[str, str]:
    """Nothing of ours (no database address, no secret key), and a GDAL that knows one driver and no network."""
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "GDAL_SKIP": drivers_but(driver, library),
        "GDAL_DRIVER_PATH": "disable",
        "GDAL_VRT_ENABLE_PYTHON": "NO",
        "GDAL_VRT_ENABLE_RAWRASTERBAND": "NO",
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_CACHEMAX": "64",
        "GDAL_NUM_THREADS": "1",
        "GDAL_HTTP_PROXY": DEAD_PROXY,
        "GDAL_HTTP_TIMEOUT": "1",
        "http_proxy": DEAD_PROXY,
        "https_proxy": DEAD_PROXY,
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "20",
        "PROJ_NETWORK": "OFF",
    }


class Child:
    """One child at work: its rows as a bounded stream, its verdict, and its end in every case."""

    def __init__(self, order: Order, folder: Path, file_name: str) -> None:
        self.file_name = file_name
        self.answer: dict[str, Any] = {}
        self._left_s = order.limits.wall_s
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", BOOTSTRAP, str(HERE), str(writing)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(writing,),
            cwd=folder,
            env=clean_environment(folder, order.driver, order.library),
            start_new_session=True,
        )
        os.close(writing)
        self._verdict = os.fdopen(reading, "rb")
        self._instruct(order, folder)
        assert self._process.stdout is not None
        self.rows = io.BufferedReader(_Bounded(self, self._process.stdout), buffer_size=1 << 20)

    def _instruct(self, order: Order, folder: Path) -> None:
        instruction = {
            "operation": order.operation,
            "path": str(folder / f"upload{order.suffix}"),
            "limits": order.limits.as_instruction(),
            "most_bytes": order.caps.most_bytes,
            "most_rows": order.caps.most_rows,
            "batch_rows": order.caps.batch_rows,
            "row_number": ROW_NUMBER,
            "row_error": ROW_ERROR,
            "family": FAMILY,
            "geometry": GEOMETRY,
            "may_lack_walls": settings.DECODER_MAY_LACK_WALLS,
            **order.options,
        }
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(instruction).encode())
            self._process.stdin.close()
        except BrokenPipeError:
            self._raise_death()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Batches as they come. Raises RefusedFileError for every end but a good one."""
        try:
            with pa.ipc.open_stream(self.rows) as reader:
                for batch in reader:
                    batch.validate(full=True)
                    yield batch
        except pa.ArrowInvalid:
            self.verdict()  # a refusal ends the stream early; anything else that is broken is told here
            raise refused("output", self.file_name) from None
        self.answer = self.verdict()

    def verdict(self) -> dict[str, Any]:
        """What the child says at its end. Raises RefusedFileError where it refused or died."""
        self.wait_for(self._verdict)
        told = self._verdict.read(LONGEST_VERDICT)
        code = self._wait()
        try:
            answer = json.loads(told)
        except ValueError:
            answer = None
        if isinstance(answer, dict) and "refused" in answer:
            raise refused(str(answer["refused"]), self.file_name, answer.get("values"))
        if code != 0 or not isinstance(answer, dict) or not isinstance(answer.get("values"), dict):
            self._raise_death()
        values: dict[str, Any] = answer["values"]  # type: ignore[index]
        return values

    def wait_for(self, pipe: IO[bytes]) -> None:
        """Wait until a pipe can be read; only this waiting counts against the wall clock."""
        started = time.monotonic()
        ready, _writing, _errors = select.select([pipe], [], [], max(self._left_s, 0.0))
        self._left_s -= time.monotonic() - started
        if not ready:
            self.end()
            raise refused("time", self.file_name)

    def _wait(self) -> int:
        try:
            return self._process.wait(timeout=max(self._left_s, 1.0))
        except subprocess.TimeoutExpired:
            self.end()
            raise refused("time", self.file_name) from None

    def _raise_death(self) -> None:
        code = self._wait()
        if -code == signal.SIGXCPU:
            raise refused("time", self.file_name)
        found = signal.Signals(-code).name if code < 0 else f"{code}"
        raise refused("died", self.file_name, {"found": found})

    def end(self) -> None:
        """Kill the child if it still lives, with all it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._verdict):
            if pipe is not None:
                pipe.close()


class _Bounded(io.RawIOBase):
    """The child's output, read no longer than the wall clock allows."""

    def __init__(self, child: Child, pipe: IO[bytes]) -> None:
        self._child = child
        self._pipe = pipe

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._child.wait_for(self._pipe)
        chunk = os.read(self._pipe.fileno(), len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def child_of(path: Path, order: Order, *, file_name: str) -> Iterator[Child]:
    """A child at work on a copy of the file, alone in a folder of its own; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="atalaya-"))
    child = None
    try:
        shutil.copyfile(path, folder / f"upload{order.suffix}")
        child = Child(order, folder, file_name)
        yield child
    finally:
        if child is not None:
            child.end()
        shutil.rmtree(folder, ignore_errors=True)
