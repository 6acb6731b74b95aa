"""A PostgreSQL server of the test's own that is killed with all its processes and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.faults import disk
from tests.faults.company import free_port
from tests.waiting import wait_for

_SETTINGS = {"listen_addresses": "127.0.0.1", "fsync": "off", "shared_buffers": "16MB", "max_connections": "60"}


def programs() -> Path | None:
    """Where the server's programs are; None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    beside = shutil.which("initdb")
    return found[-1].parent if found else Path(beside).parent if beside else None


class OwnPostgres:
    """One server over a folder of its own. Without fsync: processes die here, never the machine."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self._bin, self._data = bin_folder, folder / "data"
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        # The server refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._run(
            "initdb",
            "-D",
            str(self._data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--wal-segsize",
            "1",
        )

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(  # noqa: S603 - the server's own program.
            [self._bin / program, *words], user=self._user, check=True, capture_output=True, cwd="/"
        )

    def revive(self) -> None:
        """Start it again if it has ended by itself; wait until it answers."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
            self.start()
        wait_for(self._answers, "PostgreSQL answers again")

    def start(self) -> None:
        """Start it and wait until it has recovered."""
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        settings = _SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self._data)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(  # noqa: S603 - the server's own program.
            [self._bin / "postgres", "-D", str(self._data), *words],
            user=self._user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._answers, "PostgreSQL answers")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL for the server and every process of it."""
        if self._process is None or self._process.poll() is not None:
            return
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for pid in [self._process.pid, *map(int, listed.read_text().split())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


@contextmanager
def postgres_of_our_own(bin_folder: Path, *, megabytes: int = 0) -> Iterator[tuple[OwnPostgres, disk.Disk]]:
    """A running server in a folder that its user may enter, with ``megabytes`` on a small disk."""
    with tempfile.TemporaryDirectory(prefix="keyturn-postgres-") as folder:
        # The server's user must come through to its own folder.
        Path(folder).chmod(0o755)
        with disk.small(Path(folder) / "disk", megabytes=megabytes or 512) as small:
            server = OwnPostgres(bin_folder, small.folder)
            server.start()
            try:
                yield server, small
            finally:
                server.kill()
