"""The administration site: one module for each kind of thing."""

from sync.admin import accounts, changes, logs, people, records, rules, runs, setups

__all__ = ["accounts", "changes", "logs", "people", "records", "rules", "runs", "setups"]
