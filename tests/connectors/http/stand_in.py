"""A server of raw sockets that follows a script: one act for each request, so that it can also misbehave."""

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

import orjson

Act = Callable[[socket.socket], None]


@dataclass
class Stage:
    """What the acts are, and what was asked of them."""

    acts: list[Act]
    url: str = ""
    seen: list[bytes] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    @property
    def seen_lines(self) -> list[str]:
        return [request.split(b"\r\n", 1)[0].decode() for request in self.seen]


def serve(stage: Stage, listener: socket.socket) -> None:
    while not stage.closing.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        Thread(target=perform, args=(stage, connection), daemon=True).start()


def perform(stage: Stage, connection: socket.socket) -> None:
    """Serves one connection: as many requests as it brings."""
    with connection:
        connection.settimeout(5)
        while True:
            try:
                request = read_request(connection)
            except OSError:
                return
            if not request:
                return
            stage.seen.append(request)
            act = stage.acts.pop(0) if stage.acts else answer(599, b"the script is over")
            try:
                if act(connection) == "close":
                    return
            except OSError:
                return


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(status: int = 200, body: object = None, *, close: bool = False, **headers: str) -> Act:
    """A complete answer; `body` is sent as it is if it is bytes, else as JSON. Headers with _ for -."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    named = {"Content_Type": "text/html" if isinstance(body, bytes) else "application/json", **headers}
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]

    def act(connection: socket.socket) -> str:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        return "close" if close else ""

    return act


def cut_off(body: object, at: int) -> Act:
    """An answer that promises the whole body and stops in the middle of it."""
    content = orjson.dumps(body)

    def act(connection: socket.socket) -> str:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        connection.sendall(head.encode() + content[:at])
        return "close"

    return act


def reset(connection: socket.socket) -> str:
    """Takes the request and breaks the connection off hard."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return "close"


def hang_up(connection: socket.socket) -> str:
    """Takes the request and closes politely without an answer."""
    return "close"


def stay_silent(seconds: float) -> Act:
    def act(connection: socket.socket) -> str:
        time.sleep(seconds)
        return "close"

    return act
