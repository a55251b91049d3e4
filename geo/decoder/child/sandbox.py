"""What the child gives up before it opens the file."""

from __future__ import annotations

import resource


def confine(limits: dict[str, int]) -> None:
    """Drop rights and set limits. Libraries are imported by now: with a written-file size of 0 imports fail.

    Resource limits stop what eats memory, time or descriptors. This function is also the one place where the kernel's
    walls (no sockets, no programs, no foreign files: seccomp and Landlock) go in.
    """
    for name, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, limits["descriptors"], limits["descriptors"]),
        (resource.RLIMIT_CPU, limits["cpu_s"], limits["cpu_s"] + 2),
        (resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
    ):
        resource.setrlimit(name, (soft, hard))
