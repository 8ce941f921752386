"""Numbers on a command line. What is not one is told in words, not by the name of a function."""

from argparse import ArgumentTypeError

from django.utils.translation import gettext as _

HIGHEST_PORT = 65_535


def read_count(text: str) -> int:
    """Return a whole number from 0 up. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError(_("must be a whole number of at least 0"))
    return int(text)


def read_positive(text: str) -> int:
    """Return a whole number from 1 up. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ArgumentTypeError(_("must be a whole number of at least 1"))
    return int(text)


def read_port(text: str) -> int:
    """Return a port, or 0. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and int(text) <= HIGHEST_PORT):
        raise ArgumentTypeError(_("must be a port from 0 to 65535"))
    return int(text)
