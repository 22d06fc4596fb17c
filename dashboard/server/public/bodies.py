"""Bodies that strangers send: bounded in bytes, parts, depth and time, whatever they say of it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from geo.errors import GridwardenError
from governance.access.problems import InputProblem
from governance.cases.public_reports.report_form import PublicReportError

JSON, MULTIPART = "application/json", "multipart/form-data"
MOST_JSON: Final = 64 * 1024
ENVELOPE: Final = 256 * 1024
"""What a form may weigh beside its photos."""
MOST_FIELDS: Final = 20
MOST_FIELD: Final = 32 * 1024
LONGEST_S: Final = 120.0
"""Six photos over a slow network take less; who sends for longer holds a place for nothing."""
MOST_READ, MOST_WORKED = 32, 4
"""How many bodies are read, and how many requests worked on, at the same time: whoever signs in
gets a thread whatever strangers do."""
PHOTOS: Final = "photos"


class PublicBodyError(GridwardenError):
    """What was sent cannot be read, is too large, or took too long."""


class ConcurrencyLimit:
    """So many requests at once; the next is told to come again. For one event loop."""

    def __init__(self, most: int) -> None:
        self._left = most

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place.

        Raises `PublicBodyError`: ``public_busy``.
        """
        if self._left <= 0:
            raise PublicBodyError("public_busy", seconds=5)
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1


READING: Final = ConcurrencyLimit(MOST_READ)
WORKING: Final = ConcurrencyLimit(MOST_WORKED)


def kind_of(request: Request) -> str:
    """Return the content type of a body, without its parameters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def read_json(request: Request) -> dict[str, Any]:
    """Return the JSON object that was sent.

    Raises `PublicBodyError`: ``body_too_large``, ``body_too_slow`` or ``body_broken``: also where a
    name stands twice.
    """
    body = bytearray()
    try:
        with READING.one():
            async with asyncio.timeout(LONGEST_S):
                async for piece in _bounded(request, MOST_JSON):
                    body += piece
        sent = json.loads(body, object_pairs_hook=_once, parse_constant=_refuse)
    except TimeoutError as error:
        raise PublicBodyError("body_too_slow") from error
    except (ClientDisconnect, ValueError, RecursionError) as error:
        raise PublicBodyError("body_broken", expected=JSON) from error
    if not isinstance(sent, dict):
        raise PublicBodyError("body_broken", expected=JSON)
    return sent


async def read_parts(
    request: Request, *, files: int, most: int
) -> tuple[dict[str, str], list[bytes]]:
    """Return what a form says by field, and the files of its photos.

    ``files``: how many photos there may be.
    ``most``: how many bytes there may be in all.

    Raises `PublicBodyError`: ``body_too_large``, ``body_too_slow`` or ``body_broken``.
    Raises `PublicReportError`: ``report_invalid`` where a field stands twice, or a file where a
    text should be.
    """
    parser = MultiPartParser(
        request.headers,
        _bounded(request, most),
        max_files=files + 1,  # so that one too many is told as that
        max_fields=MOST_FIELDS,
        max_part_size=MOST_FIELD,
    )
    try:
        with READING.one():
            async with asyncio.timeout(LONGEST_S):
                form = await parser.parse()
    except TimeoutError as error:
        raise PublicBodyError("body_too_slow") from error
    except (MultiPartException, ClientDisconnect, ValueError, LookupError) as error:
        raise PublicBodyError("body_broken", expected=MULTIPART) from error
    try:
        return await _texts_and_photos(form)
    finally:
        await form.close()


async def _texts_and_photos(form: FormData) -> tuple[dict[str, str], list[bytes]]:
    texts: dict[str, str] = {}
    photos: list[bytes] = []
    problems: list[InputProblem] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) != (name == PHOTOS):
            problems.append(InputProblem("wrong_kind", name))
        elif isinstance(value, UploadFile):
            content = await value.read()
            if content or value.filename:  # a browser sends an empty one where none was chosen
                photos.append(content)
        elif name in texts:
            problems.append(InputProblem("given_twice", name))
        else:
            texts[name] = value
    if problems:
        raise PublicReportError("report_invalid", problems)
    return texts, photos


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Yield the body as it comes, and stop once it is too long, whatever length it was to have."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and (len(length) > len(str(most)) or int(length) > most):
        raise PublicBodyError("body_too_large", expected=most)
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > most:
            raise PublicBodyError("body_too_large", expected=most)
        yield piece


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) != len(pairs):
        raise ValueError(pairs)
    return known


def _refuse(constant: str) -> None:
    raise ValueError(constant)
