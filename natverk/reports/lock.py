"""One run at a time in a folder: a second one is refused, with the number of the process that is at work.

The lock is the system's own (`flock` on the folder): it goes when its process goes, however that ends, so that a lock
that was left behind never blocks. The file beside it only says who holds it.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from natverk.errors import NatverkError
from natverk.reports.files import make_folder

__all__ = ["HOLDER_FILE", "hold"]

HOLDER_FILE = ".natverk-run"
# Some network file systems have no locks; a run there goes on without.
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS)


@contextlib.contextmanager
def hold(out: Path) -> Iterator[None]:
    """Keep other runs out of `out` meanwhile; the folder is made if it is not there, and goes if it stays empty.

    Raises
    ------
    NatverkError
        If another run holds it, or the folder cannot be made or written to; nothing is changed then.
    """
    holder = out / HOLDER_FILE
    with _locked(out, holder):
        try:
            try:
                holder.write_text(f"{os.getpid()}\n", encoding="ascii")
            except OSError as error:
                raise NatverkError(
                    f"cannot write to the folder {out.name}: {error.strerror or error}",
                    where=str(out),
                    remedy="choose another folder with --out",
                ) from error
            yield
        finally:
            holder.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                out.rmdir()


@contextlib.contextmanager
def _locked(out: Path, holder: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows: a folder cannot be locked there, and the file has to do
        make_folder(out)
        pid = _pid(holder)
        if pid is not None and pid != os.getpid() and _alive(pid):
            raise _refused(out, pid) from None
        yield
        return
    while True:
        make_folder(out)
        descriptor = os.open(out, os.O_RDONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _refused(out, _pid(holder)) from None
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
            if _is_at(descriptor, out):
                yield
                return
            # The run that was at work has removed its empty folder between the two lines above.
        finally:
            os.close(descriptor)


def _is_at(descriptor: int, out: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), out.stat())
    return False


def _pid(holder: Path) -> int | None:
    try:
        return int(holder.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _alive(pid: int) -> bool:
    import psutil  # type: ignore[import-untyped]

    return bool(psutil.pid_exists(pid))


def _refused(out: Path, pid: int | None) -> NatverkError:
    who = f"another run (process {pid})" if pid is not None else "another run"
    return NatverkError(
        f"{who} is writing to the folder {out.name}",
        where=str(out),
        remedy="wait until it is done, or choose another folder with --out",
    )
