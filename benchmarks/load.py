"""A small HTTP load: keep-alive connections in one epoll loop, nothing parsed but the length. Its own cost is low and the same for both sides."""

import re
import select
import socket
import time

LENGTH = re.compile(rb"content-length: (\d+)", re.I)


class _Connection:
    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.left = -1
        self.buffer = bytearray(256 * 1024)

    def ask(self) -> None:
        self.left = -1
        self.socket.send(self.request)

    def take(self) -> bool:
        """Read what is there; True when the answer is complete."""
        count = self.socket.recv_into(self.buffer)
        if not count:
            raise ConnectionError("the server closed the connection")
        if self.left < 0:
            head_end = self.buffer.find(b"\r\n\r\n", 0, count)
            if head_end < 0 or not self.buffer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 206")):
                raise ConnectionError(bytes(self.buffer[:200]).decode("latin-1"))
            found = LENGTH.search(self.buffer, 0, head_end)
            assert found is not None
            self.left = int(found[1]) - (count - head_end - 4)
        else:
            self.left -= count
        return self.left == 0


def request_rate(port: int, path: str, *, seconds: float = 3.0, connections: int = 16, headers: str = "") -> float:
    """Return answered requests a second."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n".encode()
    poll = select.epoll()
    clients = {}
    for _ in range(connections):
        client = _Connection(port, request)
        clients[client.socket.fileno()] = client
        poll.register(client.socket.fileno(), select.EPOLLIN)
        client.ask()
    done, started = 0, time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        for number, _ in poll.poll(1):
            if clients[number].take():
                done += 1
                clients[number].ask()
    for client in clients.values():
        client.socket.close()
    return done / (now - started)
