"""Local stand-ins for Sansan and HubSpot: real HTTP on the loopback, no accounts, faults on request."""

from connectors.sandbox.faults import Fault
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.traffic import RequestSeen

__all__ = ["Fault", "RequestSeen", "Sandbox"]
