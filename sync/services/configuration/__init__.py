"""The configuration as a file: read, checked, planned, applied and written again."""

from sync.services.configuration.applying import apply_plan
from sync.services.configuration.exporting import UnknownNameError, export_configuration
from sync.services.configuration.faults import ConfigurationError, Fault
from sync.services.configuration.planning import Plan, plan_configuration

__all__ = [
    "ConfigurationError",
    "Fault",
    "Plan",
    "UnknownNameError",
    "apply_plan",
    "export_configuration",
    "plan_configuration",
]
