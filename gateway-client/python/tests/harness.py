"""The real gateway in its own process, and a relay that stands for another of its addresses."""

import contextlib
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, List, Optional

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "gateway-server" / "target"
PATIENCE_SECONDS = 30.0


def eventually(condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Waits until the condition holds; fails the test if it does not in time."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)


class Files:
    """Development certificates of a test, which may change them."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="rollcall-python"))
        self.certs = self.directory / "certs"
        self.issue()

    def issue(self, *options: str, to: Optional[Path] = None) -> None:
        subprocess.run(
            [str(ROOT / "scripts" / "dev-certs"), str(to or self.certs), *options],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def node(self, number: int, namespace: str = "alpha") -> Path:
        return self.certs / namespace / f"node-{number}"

    def copy_of_node(self, number: int, name: str) -> Path:
        """Returns a copy of a node's directory, with the gateway's CA in it, to change."""
        copy = self.directory / name
        shutil.copytree(self.node(number), copy)
        shutil.copy(self.certs / "gateway" / "ca.pem", copy / "ca.pem")
        return copy

    def remove(self) -> None:
        shutil.rmtree(self.directory)


class Gateway:
    """A gateway process. Its store is in memory unless a data directory is given."""

    def __init__(self, files: Files, *options: str, port: int = 0, data: Optional[Path] = None) -> None:
        data = data or Path(tempfile.mkdtemp(dir=files.directory))
        self._output: List[str] = []
        self.process = subprocess.Popen(
            [
                "java",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                f"{TARGET}/rollcall-gateway-server.jar:{TARGET}/lib/*",
                "io.rollcall.server.Main",
                *("--config", str(files.certs / "gateway.yaml")),
                *("--data-dir", str(data)),
                *("--port", str(port)),
                *("--console-port", "0"),
                *options,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._ready: Optional[re.Match] = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            eventually(lambda: self._ready or self.process.poll() is not None, "the gateway is ready")
            if self._ready is None:
                raise AssertionError("the gateway ended: " + "\n".join(self._output[-5:]))
        except AssertionError:
            self.kill()
            raise
        self.port = int(self._ready["port"])
        self.console_port = int(self._ready["console"])

    @property
    def target(self) -> str:
        return f"localhost:{self.port}"

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._output.append(line.rstrip())
                self._ready = self._ready or re.match(
                    r"Gateway ready: nodes \S+:(?P<port>\d+), console \S+:(?P<console>\d+)", line
                )

    def stop(self) -> None:
        """Halts the process, as a long pause would."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Relay:
    """Passes TCP connections on to another port of this machine, until it is told to cut them."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.accepted = 0
        self._pairs: List[socket.socket] = []
        self._is_open = True
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def target(self) -> str:
        return f"localhost:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                incoming, _ = self._listener.accept()
            except OSError:
                return
            if not self._is_open:
                incoming.close()
                continue
            self.accepted += 1
            outgoing = socket.create_connection(("127.0.0.1", self._to_port))
            self._pairs += [incoming, outgoing]
            threading.Thread(target=self._pass_on, args=(incoming, outgoing), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with selectors.DefaultSelector() as ready, contextlib.suppress(OSError, ValueError):
            ready.register(one, selectors.EVENT_READ, other)
            ready.register(other, selectors.EVENT_READ, one)
            while True:
                for key, _ in ready.select():
                    content = key.fileobj.recv(65536)
                    if not content:
                        return
                    key.data.sendall(content)

    def cut(self) -> None:
        """Ends all connections, and accepts none."""
        self._is_open = False
        self._end_pairs()

    def mend(self) -> None:
        self._is_open = True

    def _end_pairs(self) -> None:
        for one in self._pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._pairs = []

    def close(self) -> None:
        self._listener.close()
        self._end_pairs()
