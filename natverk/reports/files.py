"""Nothing is left half-way: files are whole or not there, one run writes to a folder, processes end with their own."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from natverk.errors import InvalidArgument, NatverkError

if TYPE_CHECKING:
    import psutil  # type: ignore[import-untyped]

__all__ = [
    "HOLDER_FILE", "LOCK_FILE", "PART_MARK", "append_lines", "check_folder", "check_zip", "end_with_children", "hold",
    "make_folder", "remedy_for", "remove_parts", "shorter_temporary", "signal_to", "stopped_children",
    "write_together", "write_whole",
]  # fmt: skip

# The lock of a folder, and beside it the number of the process that holds it: where locks bind (Windows), nobody can
# read or write the file that is locked.
LOCK_FILE = ".natverk-lock"
HOLDER_FILE = ".natverk-run"
# Some network file systems have no locks; a run there goes on without.
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL)

# In the name of every file that is not finished yet; the name begins with a dot.
PART_MARK = ".natverk-part"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write `content` to `path`: aside in the same folder first, then renamed into place.

    A reader sees the old file or the new one, never half of one.

    Raises
    ------
    NatverkError
        If the folder cannot be made or written to.
    """
    write_together({path: content})


def write_together(files: Mapping[Path, str | bytes]) -> None:
    """Write several files that belong together: all aside first, then all renamed into place.

    If one of them cannot be written, none is changed.

    Raises
    ------
    NatverkError
        If a folder cannot be made or written to, or the disk is full.
    """
    parts: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            make_folder(path.parent)
            parts[path] = part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART_MARK}")
            try:
                with part.open("wb") as file:
                    file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise _cannot_write(path, error) from error
        for path, part in parts.items():
            try:
                part.replace(path)
            except OSError as error:
                raise _cannot_write(path, error) from error
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Add lines to a file that is there; what a killed run left of a line at its end goes.

    Raises
    ------
    NatverkError
        If it cannot be written to; then it is as it was before.
    """
    try:
        with path.open("r+b") as file:
            end = _whole_lines(file)
            file.truncate(end)
            file.seek(end)
            try:
                file.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise
    except OSError as error:
        raise _cannot_write(path, error) from error


def _whole_lines(file: BinaryIO) -> int:
    """Return how many bytes of a file are whole lines."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - 65536)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _cannot_write(path: Path, error: OSError) -> NatverkError:
    return NatverkError(
        f"cannot write {path.name}: {error.strerror or error}",
        where=str(path.parent),
        remedy=remedy_for(error, "choose another folder with --out"),
    )


def remedy_for(error: OSError | EOFError, otherwise: str) -> str:
    """Return what helps against an error of the system; `otherwise` is what helps where the place is wrong.

    >>> remedy_for(OSError(24, "Too many open files"), "choose another folder")
    'allow more open files, ulimit -n 4096, or run fewer pages at once: --jobs 1'
    """
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT):
        return f"make room on the disk, or {otherwise}"
    if number in (errno.EMFILE, errno.ENFILE):
        more = "" if sys.platform == "win32" else "allow more open files, ulimit -n 4096, or "
        return f"{more}run fewer pages at once: --jobs 1"
    if number in (errno.ENOMEM, errno.EAGAIN):
        return "close other programs, or run fewer pages at once: --jobs 1"
    if number == errno.ENAMETOOLONG or "too long" in str(error):
        return f"use folders with shorter names; for temporary files: {shorter_temporary()}"
    return otherwise


def shorter_temporary() -> str:
    """Return how the folder of temporary files is set for a run, as it is typed on this system."""
    return '$env:TEMP = "C:\\Temp"; natverk …' if sys.platform == "win32" else "TMPDIR=/tmp natverk …"


def check_folder(folder: Path) -> None:
    """Make `folder` and see that files can be put into it."""
    make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NatverkError(
            f"cannot write to the folder {folder.name}", where=str(folder), remedy="choose another folder with --out"
        )


def check_zip(file: Path) -> None:
    """See that a zip file can have this name."""
    if file.suffix.lower() != ".zip" or file.is_dir():
        what = f"{file.name!r} is not the name of a zip file"
        raise InvalidArgument(what, where="--zip", value=file.name, remedy="--zip natverk-site.zip")


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it, if they are not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NatverkError(
            f"cannot make the folder {folder.name}: {error.strerror or error}",
            where=str(folder.parent),
            remedy=remedy_for(error, "choose another folder with --out"),
        ) from error


def remove_parts(folder: Path) -> int:
    """Remove what a killed run left unfinished in `folder` (not below it); return how many files."""
    parts = [path for path in folder.glob(".*") if path.name.endswith(PART_MARK)] if folder.is_dir() else []
    for part in parts:
        part.unlink(missing_ok=True)
    return len(parts)


@contextlib.contextmanager
def hold(out: Path) -> Iterator[None]:
    """Keep other runs out of `out` meanwhile; the folder is made if it is not there, and goes if it stays empty.

    The lock is the system's own: it goes when its process goes, however that ends, so that one that was left behind
    never blocks.

    Raises
    ------
    NatverkError
        If another run holds it, or the folder cannot be made or written to; nothing is changed then.
    """
    from filelock import FileLock, Timeout

    holder, locked = out / HOLDER_FILE, out / LOCK_FILE
    lock = FileLock(locked, timeout=0, is_singleton=False)
    make_folder(out)
    try:
        try:
            lock.acquire()
        except OSError as error:
            if error.errno not in _NO_LOCKS or isinstance(error, Timeout):
                raise
        holder.write_text(f"{os.getpid()}\n", encoding="ascii")
    except Timeout:
        said = holder.read_text(encoding="ascii").strip() if holder.is_file() else ""
        raise NatverkError(
            f"another run{f' (process {said})' if said else ''} is writing to the folder {out.name}",
            where=str(out),
            remedy="wait until it is done, or choose another folder with --out",
        ) from None
    except OSError as error:
        lock.release()
        raise NatverkError(
            f"cannot write to the folder {out.name}: {error.strerror or error}",
            where=str(out),
            remedy=remedy_for(error, "choose another folder with --out"),
        ) from error
    try:
        yield
    finally:
        # A file that is open cannot be removed on Windows: there the lock goes when it is let go.
        for path in (holder, locked):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        lock.release()
        with contextlib.suppress(OSError):
            out.rmdir()


# --- Processes --------------------------------------------------------------------------------------------------------


def end_with_children(pid: int | None) -> None:
    """Kill a process and all that it has started; nothing happens if it is gone.

    Processes are stopped before they are killed, parents first, so that none can start another one meanwhile.
    """
    import psutil

    if pid is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        signal_to(process, "suspend")
        for one in [process, *stopped_children(process)]:
            signal_to(one, "kill")
    # Its children are nobody's when it is gone, but of the session that it has led.
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def stopped_children(process: psutil.Process) -> list[psutil.Process]:
    """Stop all that a process has started, until no new one turns up, and return them."""
    import psutil

    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        while new := [child for child in process.children(recursive=True) if child.pid not in found]:
            for child in new:
                found[child.pid] = child
                signal_to(child, "suspend")
    return list(found.values())


def signal_to(process: psutil.Process, what: str) -> None:
    """Call a method of the process, `suspend` or `kill`; one that is gone, or another user's, is left."""
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        getattr(process, what)()
