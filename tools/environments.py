"""`natverk verify` in twenty environments that people have: it finds the same outputs, or refuses with a remedy.

Usage: python tools/environments.py [PAGE] [--seed N] [--count N]

A page is made once, in an ordinary environment. Then it is verified again and again, each time with another locale,
folder for temporary files, home, umask, standard streams, and a folder of pages that is called something odd. What of
these meet is drawn with a seed, so that a fault can be had again; every value comes up. Status 1 if an environment
finds other outputs, or fails without saying what to do.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "sv/strategies/sverige"
#: What the environment can be, by kind; `{}` is a folder of the environment's own.
KINDS: Mapping[str, tuple[str, ...]] = {
    "locale": ("C.UTF-8", "C", "POSIX", "sv_SE.ISO-8859-1", "not_a_locale", "unset"),
    "TMPDIR": ("unset", "{}/tmp", "{}/" + "scratch" * 12, "{}/with spaces", "{}/missing", "{}/å ö"),
    "HOME": ("{}/home", "unset", "{}/missing", "{}/it's å"),
    "umask": ("022", "077", "027"),
    "streams": ("open", "stdin", "stdout", "stderr", "all", "full"),
    "out": ("reports", "mina sidor", "sidor å", 'it\'s "quoted"', "{braces} $HOME", "-dash"),
}
TIMEOUT = 300


def environments(seed: int, count: int) -> list[dict[str, str]]:
    """Draw environments: each kind's values in an order of their own, again and again, so that all of them come up."""
    draw = random.Random(seed)
    columns = {}
    for kind, values in KINDS.items():
        rounds = [draw.sample(values, len(values)) for _ in range(count // len(values) + 1)]
        columns[kind] = [value for values in rounds for value in values][:count]
    return [{kind: column[number] for kind, column in columns.items()} for number in range(count)]


def environ_of(chosen: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the environment variables of a choice, and make the folders that it names, but for missing ones."""
    kept = ("PATH", "VIRTUAL_ENV", "SYSTEMROOT", "NATVERK_DATA")
    environ = {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONPATH": str(ROOT)}
    if chosen["locale"] != "unset":
        environ["LC_ALL"] = environ["LANG"] = chosen["locale"]
    for name in ("TMPDIR", "HOME"):
        value = chosen[name].replace("{}", str(folder))
        if value != "unset":
            environ[name] = value
            if not value.endswith("missing"):
                Path(value).mkdir(parents=True, exist_ok=True)
    return environ


def prelude(chosen: Mapping[str, str]) -> Callable[[], None]:
    """Return what the process does before it becomes natverk: its umask, and the streams that it finds closed."""

    def prepare() -> None:
        os.umask(int(chosen["umask"], 8))
        closed = {"stdin": (0,), "stdout": (1,), "stderr": (2,), "all": (0, 1, 2)}.get(chosen["streams"], ())
        for descriptor in closed:
            os.close(descriptor)
        if chosen["streams"] == "full" and Path("/dev/full").exists():
            os.dup2(os.open("/dev/full", os.O_WRONLY), 1)

    return prepare


def natverk(*arguments: str, environ: Mapping[str, str], chosen: Mapping[str, str], cwd: Path) -> tuple[int, str, str]:
    """Run the command in an environment; return its status and what it said."""
    out, err = cwd / "stdout.txt", cwd / "stderr.txt"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "natverk.cli", *arguments], cwd=cwd, env=dict(environ), stdin=subprocess.DEVNULL,
                stdout=stdout, stderr=stderr, timeout=TIMEOUT, check=False, preexec_fn=prelude(chosen),
            )  # fmt: skip
            status = done.returncode
        except subprocess.TimeoutExpired:
            status = -1
    return status, *(path.read_text(encoding="utf-8", errors="replace") for path in (out, err))


def verdict(chosen: Mapping[str, str], status: int, said: str, errors: str) -> str | None:
    """Return what is wrong with what came of an environment; None if all is well."""
    heard = chosen["streams"] not in ("stdout", "all", "full")
    if status == 0:
        return None if "the same" in said or not heard else "it succeeded without saying so"
    if "Traceback" in errors:
        return "a traceback"
    if status == 1:
        return "other outputs"
    # Who has closed the stream of errors cannot be told what to do.
    if "next:" in errors or chosen["streams"] in ("stderr", "all"):
        return None
    # That nothing can be said on a full or closed stream is said, and there is nothing to do but open it.
    return None if chosen["streams"] == "full" and "standard output" in errors else "a refusal without a remedy"


def main() -> int:
    """Verify a page in each environment, print what came of it, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("page", nargs="?", default=PAGE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    if not hasattr(os, "fork"):
        raise SystemExit("tools/environments.py needs fork: umask and closed streams are set in a child process")
    faults = 0
    with tempfile.TemporaryDirectory(prefix="nv-env-") as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        plain = {kind: values[0] for kind, values in KINDS.items()}
        environ = environ_of(plain, made)
        status, _said, errors = natverk("report", options.page, "--out", "out", environ=environ, chosen=plain, cwd=made)
        if status:
            raise SystemExit(f"{options.page} cannot be made:\n{errors}")
        for number, chosen in enumerate(environments(options.seed, options.count), start=1):
            folder = Path(scratch) / f"å {number}"
            folder.mkdir()
            shutil.copytree(made / "out", folder / chosen["out"])
            start = time.monotonic()
            command = ("verify", options.page, f"--out={chosen['out']}")
            status, said, errors = natverk(*command, environ=environ_of(chosen, folder), chosen=chosen, cwd=folder)
            wrong = verdict(chosen, status, said, errors)
            about = " ".join(f"{kind}={shlex.quote(value)}" for kind, value in chosen.items())
            outcome = "the same" if status == 0 else f"refused ({status})"
            print(f"[{number}] {wrong or outcome}, {time.monotonic() - start:.0f} s: {about}", flush=True)
            if wrong or status:
                print("\n".join(f"    {line}" for line in (said + errors).strip().splitlines()[-8:]), flush=True)
            faults += wrong is not None
            shutil.rmtree(folder)
    print(f"{options.count - faults} of {options.count} environments are well")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
