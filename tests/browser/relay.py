"""A wire that can be cut: bytes go through between browser and server until somebody pulls the plug."""

import contextlib
import socket
import threading


class Relay:
    """Listens on a port of its own and passes everything to `port`, both on the loopback."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._cut = False
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._cut = True
        for one in list(self._open):
            _shut(one)

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = False

    def close(self) -> None:
        """Stop listening."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                inside, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                inside.close()
                continue
            try:
                outside = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                inside.close()
                continue
            self._open |= {inside, outside}
            for source, sink in ((inside, outside), (outside, inside)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._cut:
                    break
                sink.sendall(data)
        _shut(source)
        _shut(sink)
        self._open -= {source, sink}


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
