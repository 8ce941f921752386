"""What is wrong with a configuration file, each fault with its place."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sync.engine.transforms.text import suggest_names

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` counts from 1, None when no line can be named; `path` is empty for the file as a whole.

    `unreachable` marks a service that did not answer: not a fault of the file, but a reason to stop all the same.
    """

    message: str
    path: Path = ()
    line: int | None = None
    unreachable: bool = False

    def locate(self, file_name: str) -> str:
        """One line for a person: `config.yaml:14 sync_rules[0].tags.sync[2]: …`."""
        place = file_name if self.line is None else f"{file_name}:{self.line}"
        path = format_path(self.path)
        return f"{place} {path}: {self.message}" if path else f"{place}: {self.message}"


class ConfigurationError(Exception):
    """The file can't be applied, and nothing was changed. `faults` are all that were found, in the file's order."""

    def __init__(self, faults: Iterable[Fault], warnings: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.warnings = tuple(warnings)
        super().__init__("; ".join(fault.message for fault in self.faults))

    @property
    def only_unreachable(self) -> bool:
        """Whether the file itself may be fine, and the same command may work later."""
        return all(fault.unreachable for fault in self.faults)


@dataclass(slots=True)
class FaultList:
    """Collects faults and warnings while the file is read; `places` are line and column of every path, from 1."""

    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def add(self, path: Path, message: str, *, unreachable: bool = False) -> None:
        fault = Fault(message, path, self.find_line(path), unreachable)
        if fault not in self.faults:
            self.faults.append(fault)

    def warn(self, path: Path, message: str) -> None:
        self.warnings.append(Fault(message, path, self.find_line(path)))

    def find_line(self, path: Path) -> int | None:
        """The line of a path or, where the path is not in the file, of what should hold it."""
        place = self._find_place(path)
        return place[0] if place else None

    def _find_place(self, path: Path) -> tuple[int, int] | None:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path)

    def touches(self, path: Path) -> bool:
        """Whether something at or below the path was found faulty already, so that more would only repeat it."""
        return any(fault.path[: len(path)] == path for fault in self.faults)

    def stop_if_any(self) -> None:
        """Raises ConfigurationError with everything found so far, if there is anything."""
        if self.faults:
            in_order = sorted(self.faults, key=lambda fault: self._find_place(fault.path) or (0, 0))
            raise ConfigurationError(in_order, self.warnings)


def format_path(path: Path) -> str:
    """`("sync_rules", 0, "tags")` as `sync_rules[0].tags`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def hint(word: str, known: Collection[str]) -> str:
    """What to add to "no such thing": the name that was probably meant, or what there is if that is little."""
    if meant := suggest_names(word, known):
        return _("; did you mean '%(name)s'?") % {"name": meant[0]}
    if 0 < len(known) <= 12:
        return _("; there is: %(names)s") % {"names": ", ".join(sorted(known))}
    return ""
