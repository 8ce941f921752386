"""The two stand-ins together."""

from datetime import datetime
from types import TracebackType
from typing import Self

from connectors.sandbox.clock import Clock
from connectors.sandbox.hubspot.service import HubSpotSandbox
from connectors.sandbox.sansan.service import SansanSandbox
from connectors.sandbox.server import ServerThread


class Sandbox:
    """Stand-ins for Sansan and HubSpot, each on a loopback port of its own.

    `cards` are seeded in Sansan and `contacts` in HubSpot, always the same for one `seed`; `plain` ones have none of
    the difficulties that real ones have. `now` is where their clock starts (real time by default). A port of 0 is
    chosen by the system. Use it in a `with` statement, or call `start()` and `stop()`; `start()` raises `OSError`
    when a port is taken.
    """

    def __init__(
        self,
        cards: int = 200,
        seed: int = 1,
        latency_ms: float = 0,
        sansan_port: int = 0,
        hubspot_port: int = 0,
        now: datetime | None = None,
        contacts: int = 0,
        plain: bool = False,
    ) -> None:
        self.clock = Clock(now)
        self.sansan = SansanSandbox(self.clock, cards=cards, seed=seed, plain=plain)
        self.hubspot = HubSpotSandbox(self.clock, contacts=contacts, seed=seed)
        self._servers = (
            ServerThread(self.sansan, sansan_port, "sansan"),
            ServerThread(self.hubspot, hubspot_port, "hubspot"),
        )
        for service in (self.sansan, self.hubspot):
            service.set_latency(latency_ms)

    def start(self) -> Self:
        """Start serving; `sansan.url` and `hubspot.url` are known from here on."""
        started: list[ServerThread] = []
        try:
            for server in self._servers:
                server.start()
                started.append(server)
        except BaseException:
            for server in started:
                server.stop()
            raise
        sansan, hubspot = self._servers
        self.sansan.url = f"http://127.0.0.1:{sansan.port}/v6.0"
        self.hubspot.url = f"http://127.0.0.1:{hubspot.port}"
        return self

    def stop(self) -> None:
        """Drop all connections and stop serving."""
        for server in self._servers:
            server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
