"""Reads a YAML file into plain values, and remembers the line of each."""

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sync.services.configuration.faults import ConfigurationError, Fault, FaultList, Path

# Far beyond any real file: an anchor that holds itself, or one repeated without end, must not fill the memory.
MOST_LEVELS = 20
MOST_VALUES = 200_000

# PostgreSQL stores no NUL, UTF-8 carries no lone surrogates, and nobody means the other control characters.
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff]")


def read_text(file: FilePath) -> str:
    """The file's text. Raises ConfigurationError when there is none to read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message = _("There is no such file.")
    except IsADirectoryError:
        message = _("This is a folder, not a file.")
    except UnicodeDecodeError:
        message = _("The file is not UTF-8 text.")
    except OSError as error:
        message = _("The file can't be read: %(reason)s.") % {"reason": error.strerror or type(error).__name__}
    raise ConfigurationError([Fault(message)])


def load_yaml(text: str, faults: FaultList) -> dict[str, Any]:
    """The mapping that the text holds, its lines noted in `faults`; empty entries are reported there and None here.

    Raises ConfigurationError when the text as a whole is not usable.
    """
    try:
        document = YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        # The parser's own words quote the values, and one of them may be a secret.
        raise make_syntax_error(error, _("A key stands twice in the same place.")) from None
    except MarkedYAMLError as error:
        raise make_syntax_error(error, _("Not valid YAML: %(problem)s.") % {"problem": error.problem}) from None
    except (YAMLError, ValueError, RecursionError):
        raise ConfigurationError([Fault(_("Not valid YAML."))]) from None
    if document is None:
        raise ConfigurationError([Fault(_("The file is empty."))])
    if not isinstance(document, CommentedMap):
        message = _("The file must hold the keys 'accounts' and 'sync_rules'.")
        raise ConfigurationError([Fault(message, line=1)])
    plain: dict[str, Any] = Simplifier(faults).simplify(document, ())
    return plain


def make_syntax_error(error: MarkedYAMLError, message: str) -> ConfigurationError:
    mark = error.problem_mark or error.context_mark
    return ConfigurationError([Fault(message, line=mark.line + 1 if mark else None)])


@dataclass(slots=True)
class Simplifier:
    """Turns the parser's values into plain ones, dates into ISO 8601 text."""

    faults: FaultList
    seen: int = field(default=0)

    def simplify(self, node: Any, path: Path) -> Any:
        self.seen += 1
        if len(path) > MOST_LEVELS or self.seen > MOST_VALUES:
            raise ConfigurationError([Fault(_("The file nests too deeply or is too large."))])
        if isinstance(node, CommentedMap):
            return self._simplify_mapping(node, path)
        if isinstance(node, CommentedSeq):
            return self._simplify_list(node, path)
        if isinstance(node, datetime | date):
            return node.isoformat()
        return self._simplify_scalar(node, path)

    def _simplify_mapping(self, node: CommentedMap, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key, value in node.items():
            name = str(key).lower() if isinstance(key, bool) else str(key)
            inner = (*path, name)
            # Keys that came in by a merge (`<<`) have no line of their own: they count as their mapping's.
            if place := node.lc.data.get(key) if node.lc.data else None:
                self.faults.places[inner] = (place[0] + 1, place[1] + 1)
            simple = self.simplify(value, inner)
            if simple is not None:
                plain[name] = simple
            elif value is None and not self._may_be_empty(inner):
                self.faults.add(inner, _("no value is given"))
        return plain

    @staticmethod
    def _may_be_empty(path: Path) -> bool:
        """A list with all its entries commented out, and the value of an operator that needs none."""
        return len(path) == 1 or path[-1] == "value"

    def _simplify_list(self, node: CommentedSeq, path: Path) -> list[Any]:
        plain: list[Any] = []
        for index, value in enumerate(node):
            inner = (*path, index)
            if place := node.lc.data.get(index) if node.lc.data else None:
                self.faults.places[inner] = (place[0] + 1, place[1] + 1)
            if value is None:
                self.faults.add(inner, _("this entry is empty"))
            plain.append(self.simplify(value, inner))
        return plain

    def _simplify_scalar(self, node: Any, path: Path) -> Any:
        if node is None or isinstance(node, bool):
            return node
        for plain in (int, float, str):
            if isinstance(node, plain):
                return self._refuse_unstorable(plain(node), path)
        self.faults.add(path, _("the YAML tag before this value is not understood"))
        return None

    def _refuse_unstorable(self, value: float | str, path: Path) -> float | str | None:
        is_storable = not _UNSTORABLE.search(value) if isinstance(value, str) else math.isfinite(value)
        if is_storable:
            return value
        self.faults.add(path, _("this value can't be stored: it is no number or has control characters"))
        return None
