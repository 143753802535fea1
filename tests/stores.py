"""A store of recordings over HTTP, on a port of its own: with ranges and versions, or with a fault that stores have."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class RecordingStore:
    """`files` by path · `breaks_after_bytes`: of each answer, as often as listed · `faults`: by path."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after_bytes: list[int] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    etag: str = '"one"'
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def recording_store() -> Iterator[RecordingStore]:
    store = RecordingStore()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            store.asked.append({name.lower(): text for name, text in self.headers.items()})
            path = self.path.partition("?")[0]
            if path in store.faults:
                getattr(self, f"fault_{store.faults[path]}")()
            elif path not in store.files:
                self.answer(404, b"")
            else:
                self.send_file(store.files[path])

        def send_file(self, data: bytes) -> None:
            wanted, begin = self.headers.get("Range", ""), 0
            if wanted and self.headers.get("If-Range") == store.etag:
                begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206 if begin else 200)
            self.send_header("ETag", store.etag)
            self.send_header("Content-Length", str(len(data) - begin))
            if begin:
                self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            rest = data[begin:]
            if store.breaks_after_bytes:
                rest = rest[: store.breaks_after_bytes.pop(0)]
                self.close_connection = True
            self.wfile.write(rest)

        def answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def fault_redirects(self) -> None:
            self.answer(302, b"", Location="http://127.0.0.1:1/inside")

        def fault_refuses(self) -> None:
            self.answer(403, b"<Error>signature of the administrator</Error>")

        def fault_unmeasured(self) -> None:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"1\r\nx\r\n0\r\n\r\n")

        def fault_huge(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(10**15))
            self.end_headers()
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
