"""The administration site: one module for each kind of thing."""

from sync.admin import accounts, logs, records, rules, runs

__all__ = ["accounts", "logs", "records", "rules", "runs"]
