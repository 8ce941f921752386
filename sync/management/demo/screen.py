"""What the demo shows: live and in colour on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass
class Step:
    """Something that is being done; `done` may be put in other words once it is known how it went."""

    done: str


class Screen:
    def __init__(self) -> None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")
        self._console = Console(highlight=False)
        self._live = self._console.is_terminal

    def say(self, text: str = "", style: str = "") -> None:
        if self._live:
            self._console.print(escape(text), style=style or None)
        else:
            self.print_line(text)

    def print_line(self, text: str) -> None:
        """A line exactly as it is, for people and scripts."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    @contextmanager
    def step(self, doing: str, done: str, *, spins: bool = True) -> Iterator[Step]:
        """Says what is being done, then that it is done and how long it took."""
        began_at = time.monotonic()
        step = Step(done)
        with self._console.status(f"{escape(doing)} …") if self._live and spins else nullcontext():
            yield step
        seconds = f"{time.monotonic() - began_at:.1f} s"
        if self._live:
            self._console.print(f"[green]✓[/] {escape(step.done)} [dim]{seconds}[/]")
        else:
            self.print_line(f"✓ {step.done} ({seconds})")

    def show_table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        if not self._live:
            self.print_line(f"{title}:")
            for row in rows:
                self.print_line("  " + " | ".join(row))
            return
        table = Table(*(escape(column) for column in columns), title=escape(title), title_justify="left")
        table.columns[0].justify = "right"
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self._console.print()
        self._console.print(table)
