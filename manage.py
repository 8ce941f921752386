#!/usr/bin/env python
"""Entry point of every command: `uv run manage.py COMMAND`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.starting import run_command

    run_command(sys.argv)


if __name__ == "__main__":
    main()
