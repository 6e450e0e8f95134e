"""Reading a package out of a request as it arrives: the raw body, or the file part of a multipart form."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from litestar import Request
from litestar.exceptions import InternalServerException
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_content_disposition,
    parse_options_header,
)

from courseway.courses.model import UploadCutOff
from courseway.errors import Invalid, Kind, Refusal

AnyRequest = Request[Any, Any, Any]
_EXTENDED_NAME = re.compile(r"filename\*\s*=\s*utf-8''([^;\s]+)", re.I)  # [RFC 6266 4.3]
FIELD_BYTES = 64 * 1024


class BodyUnsupported(Refusal):
    """Send the package as the body (application/zip) or as a file of a multipart form."""

    kind, code, title = Kind.UNSUPPORTED, "upload.body_unsupported", "The body cannot be read"


@dataclass
class Incoming:
    """
    A package on the wire. `fields` are those of the form that come before the file.

    `size_bytes` is the package's own size when the sender declares it; `body_bytes` that of everything sent.
    """

    file_name: str
    size_bytes: int | None
    body_bytes: int | None
    parts: AsyncIterator[bytes]
    fields: dict[str, str] = field(default_factory=dict)


async def open_package(request: AnyRequest) -> Incoming:
    """Return the package of a request with its body still unread."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    length = request.headers.get("content-length", "")
    size = int(length) if length.isdigit() else None
    if kind == "multipart/form-data":
        return await _open_form(request, options.get("boundary", ""), size)
    if kind in {"application/json", "application/x-www-form-urlencoded"}:
        raise BodyUnsupported
    return Incoming(_name_of(request), size, size, _body(request))


async def _body(request: AnyRequest) -> AsyncIterator[bytes]:
    try:
        async for part in request.stream():
            yield part
    except InternalServerException as error:  # how the framework says that the sender has gone
        raise UploadCutOff("The upload stopped before its end; send the package again.") from error


def _name_of(request: AnyRequest) -> str:
    given = request.query_params.get("file_name")
    if given:
        return str(given)
    disposition = request.headers.get("content-disposition", "")
    if extended := _EXTENDED_NAME.search(disposition):
        return unquote(extended[1])
    return str(parse_content_disposition(disposition)[2] or "") if disposition else ""


async def _open_form(request: AnyRequest, boundary: str, size: int | None) -> Incoming:
    if not boundary:
        raise Invalid("The multipart form has no boundary.")
    reader = _FormReader(_body(request), boundary)
    file_name = await reader.find_file()
    return Incoming(file_name, None, size, reader.file(), reader.fields)


class _FormReader:
    """A multipart form read as a stream: small fields are kept, the first file is handed on."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: str) -> None:
        self._stream = stream
        self._parser = PushMultipartParser(boundary, max_header_size=8192, max_segment_count=50)
        self._events: list[Any] = []
        self._between_parts = False
        self.fields: dict[str, str] = {}

    async def _next(self) -> Any:
        while not self._events:
            try:
                part = await anext(self._stream)
            except StopAsyncIteration:
                if self._between_parts:
                    raise Invalid("The form has no file. Send the package in a part with a file name.") from None
                raise UploadCutOff("The form ended before its file did; send it again.") from None
            if part:
                try:
                    self._events.extend(
                        bytes(one) if isinstance(one, bytearray) else one for one in self._parser.parse(part)
                    )
                except MultipartError as error:
                    raise Invalid(f"The multipart form cannot be read: {error}.") from error
        event = self._events.pop(0)
        self._between_parts = event is None
        return event

    async def find_file(self) -> str:
        """Read up to the first file; returns its name."""
        name, value = "", b""
        while True:
            event = await self._next()
            if isinstance(event, MultipartSegment):
                if event.filename is not None:
                    return str(event.filename)
                name, value = event.name, b""
            elif event is None:
                self.fields[name] = value.decode("utf-8", "replace").strip()
            else:
                value += event
                if len(value) > FIELD_BYTES:
                    raise Invalid(f"The field {name[:60]} is too long.")

    async def file(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes; what follows it in the form is read and left."""
        while (event := await self._next()) is not None:
            yield event
        async for _ in self._stream:
            pass
