"""What the child gives up before it opens the file: time, memory and size by limits, the rest by the kernel's walls."""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import resource
import sys
from typing import Any

from .refusal import Refusal

SECCOMP, LANDLOCK = "seccomp", "Landlock"
LIBRARIES = {"c": "libc.so.6", "seccomp": "libseccomp.so.2"}  # pinned: looking them up would run other programs
SYSTEM_FOLDERS = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/localtime", "/dev/urandom")
CLONE_THREAD = 0x00010000
ADDRESSES = ("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg")
PROGRAMS = ("execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill")
KERNEL = (
    "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "move_mount", "open_tree", "fsopen", "fsmount",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd", "keyctl",
    "add_key", "request_key", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "open_by_handle_at", "name_to_handle_at", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "personality",
    "swapon", "swapoff", "reboot", "acct", "quotactl", "syslog", "settimeofday", "clock_settime", "setuid", "setgid",
    "setresuid", "setresgid", "setgroups", "mknod", "mknodat", "shmget", "msgget", "semget", "memfd_create",
)  # fmt: skip


class Sandbox:
    """The walls of one child. `raise_walls` may be called once; `close_writing` after a step that had to write."""

    def __init__(self, folder: str, *, may_lack_walls: bool) -> None:
        self._folder = folder
        self._may_lack_walls = may_lack_walls
        self._seccomp = _load_seccomp()
        self._landlock = _load_landlock()
        self.missing: list[str] = []

    def raise_walls(self, limits: dict[str, int], *, writable_bytes: int = 0) -> None:
        """Drop rights and set limits. Libraries are imported by now: with a written-file size of 0 imports fail.

        Raises Refusal where the kernel lacks a wall, unless the operator has waived them.
        """
        for name, soft, hard in (
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_FSIZE, writable_bytes, writable_bytes),
            (resource.RLIMIT_NOFILE, limits["descriptors"], limits["descriptors"]),
            (resource.RLIMIT_CPU, limits["cpu_s"], limits["cpu_s"] + 2),
            (resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
        ):
            resource.setrlimit(name, (soft, hard))
        if not self._shut_files(may_write=writable_bytes > 0):
            self.missing.append(LANDLOCK)
        if not self._shut_calls():
            self.missing.append(SECCOMP)
        if self.missing and not self._may_lack_walls:
            raise Refusal("walls", found=", ".join(self.missing))

    def close_writing(self) -> None:
        """From here on nothing can be written, not even in the job's own folder."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if LANDLOCK not in self.missing:
            self._shut_files(may_write=False)

    def _shut_files(self, *, may_write: bool) -> bool:
        """Landlock: the job's folder and the libraries can be read, nothing else; True where the kernel agreed."""
        if self._landlock is None:
            return False
        access = self._landlock.FSAccess
        reading = access.READ_FILE | access.READ_DIR
        writing = (access.WRITE_FILE | access.MAKE_REG | access.TRUNCATE | reading) & access.all()
        ctypes.set_errno(0)  # the library takes a stale error number for its own
        try:
            rules = self._landlock.Ruleset()
            for path in library_paths():
                rules.allow(path, rules=reading if os.path.isdir(path) else access.READ_FILE)
            rules.allow(self._folder, rules=writing if may_write else reading)
            rules.apply()
        except (self._landlock.LandlockError, OSError):
            return False
        return True

    def _shut_calls(self) -> bool:
        """Seccomp: no addresses, no programs, no doors into the kernel; True where the kernel agreed."""
        if self._seccomp is None:
            return False
        seccomp = self._seccomp
        try:
            calls = seccomp.SyscallFilter(seccomp.ALLOW)
            denied = seccomp.ERRNO(errno.EPERM)
            for name in (*ADDRESSES, *PROGRAMS, *KERNEL):
                if _is_call(seccomp, name):
                    calls.add_rule(denied, name)
            calls.add_rule(denied, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
            calls.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags lie in memory; libc falls back to clone
            calls.load()
        except OSError:
            return False
        return True


def library_paths() -> list[str]:
    """Folders of the interpreter and its packages (never the project's own), and of the system's libraries."""
    folders = [path for path in sys.path[1:] if path] + [os.path.join(sys.base_prefix, "lib"), *SYSTEM_FOLDERS]
    return [path for path in dict.fromkeys(map(os.path.realpath, folders)) if os.path.exists(path)]


def _load_seccomp() -> Any:
    """The module, without the programs (ldconfig, gcc) that it would run to find its libraries; None where absent."""
    finder = ctypes.util.find_library
    ctypes.util.find_library = LIBRARIES.get  # type: ignore[assignment]
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError):
        return None
    finally:
        ctypes.util.find_library = finder
    return pyseccomp


def _load_landlock() -> Any:
    """The module with its version of the kernel's interface asked for; None where the kernel has none."""
    try:
        import landlock.plumbing
        from landlock import LandlockError
    except ImportError:
        return None
    ctypes.set_errno(0)
    try:
        landlock.plumbing.landlock_abi_version()
    except (LandlockError, OSError):
        return None
    return landlock


def _is_call(seccomp: Any, name: str) -> bool:
    """True for a call that this kernel's library knows: names come and go between architectures."""
    try:
        return int(seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)) >= 0
    except (OSError, ValueError):
        return False
