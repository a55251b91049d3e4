"""How kernels are compiled: once, kept on disk beside the source, without the interpreter's lock.

A first call without a cache costs seconds. `warm()` makes every kernel ready; the web server and the worker call it
beside their first work, so that nobody waits for a compiler on a page. In a container the cache is in the state folder
(`NUMBA_CACHE_DIR`), for the image is read-only: only the first start of a version compiles.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

KERNEL_MODULES = ("analysis.camera_coverage", "analysis.kernels")
_WARMERS: list[Callable[[], object]] = []


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers on its first call; strict arithmetic, cached on disk."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


def inlined(function: Function) -> Function:
    """Compile a small function that is merged into each kernel that calls it."""
    return cast(Function, numba.njit(cache=True, nogil=True, forceinline=True)(function))


def warms(function: Function) -> Function:
    """Mark a function without arguments that calls the kernels of its module once on a tiny input."""
    _WARMERS.append(function)
    return function


def warm() -> None:
    """Compile, or load from the cache, every kernel of this package."""
    for name in KERNEL_MODULES:
        import_module(name)
    for function in _WARMERS:
        function()
