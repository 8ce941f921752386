"""Serves one stand-in over HTTP on the loopback, in a thread with an event loop of its own."""

import asyncio
import socket
import struct
import threading
from urllib.parse import parse_qs, unquote

from aiohttp import web

from connectors.sandbox.control import answer_control
from connectors.sandbox.service import Service
from connectors.sandbox.web import Answer, Incoming

HOST = "127.0.0.1"
START_SECONDS = 10.0
# Idle connections are waited for in vain, and requests under way are to be dropped.
SHUTDOWN_SECONDS = 0.01


class ServerThread:
    """Runs the HTTP server of one service from `start()` to `stop()`."""

    def __init__(self, service: Service, port: int, name: str) -> None:
        self.port = port
        self._service = service
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{name}", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._started = threading.Event()
        self._failure: BaseException | None = None

    def start(self) -> int:
        """Start serving; returns the port. Raises `OSError` when it is taken."""
        self._thread.start()
        self._started.wait(START_SECONDS)
        if self._failure is not None:
            raise self._failure
        return self.port

    def stop(self) -> None:
        """Drop all connections and end the thread."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = web.Server(self._handle, access_log=None)
        listener = await self._loop.create_server(server, HOST, self.port, backlog=1024)
        self.port = listener.sockets[0].getsockname()[1]
        self._started.set()
        await self._stopping.wait()
        listener.close()
        await server.shutdown(SHUTDOWN_SECONDS)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        target, _, query = request.raw_path.partition("?")
        incoming = Incoming(
            method=request.method,
            path=unquote(target),
            query=parse_qs(query, keep_blank_values=True),
            headers=request.headers,
            body=await request.content.read(),
        )
        if incoming.path.startswith("/_sandbox/"):
            return _respond(answer_control(self._service, incoming))
        if latency_seconds := self._service.choose_latency():
            await asyncio.sleep(latency_seconds)
        answer = self._service.answer(incoming)
        if answer.delay_seconds:
            await self._wait(answer.delay_seconds)
        if answer.reset or answer.hold_seconds is not None:
            return await self._drop(request, answer)
        if answer.promised_bytes:
            return await _cut_short(request, answer)
        return _respond(answer)

    async def _wait(self, seconds: float) -> None:
        """Sleep, but wake at once when the server stops."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _drop(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        if answer.hold_seconds is not None:
            await self._wait(answer.hold_seconds)
        transport = request.transport
        if transport is not None:
            if answer.reset:
                # Lingering for no time makes the kernel send RST instead of an orderly FIN.
                raw_socket = transport.get_extra_info("socket")
                raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        return web.Response()  # goes nowhere: the connection is gone


async def _cut_short(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.headers["Content-Type"] = answer.content_type
    response.content_length = answer.promised_bytes
    await response.prepare(request)
    await response.write(answer.render())
    if request.transport is not None:
        request.transport.close()
    return response


def _respond(answer: Answer) -> web.Response:
    body = answer.render()
    headers = answer.headers if answer.status == 204 else {**answer.headers, "Content-Type": answer.content_type}
    return web.Response(status=answer.status, body=body, headers=headers)
