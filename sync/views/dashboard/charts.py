"""Charts as shapes with coordinates; templates write them as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format

# In the units of the picture, which grows and shrinks with its place on the page.
WIDTH, HEIGHT = 460, 180
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 22
TICKS = 4
MOST_LABELS_BELOW = 5
# What a label takes of the width for each of its characters, with some room beside it.
CHARACTER_WIDTH = 10
GAP = 0.2


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers with one colour: `fill` names its class."""

    label: str
    fill: str
    values: Sequence[float]

    @property
    def total(self) -> float:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Block:
    x: str
    y: str
    width: str
    height: str
    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text beside an axis."""

    at: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    blocks: tuple[Block, ...]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def draw_bars(names: Sequence[str], series: Sequence[Series]) -> Chart:
    """A bar for each name, of one piece for each of the series, the first at the bottom."""
    highest = max((sum(parts) for parts in zip(*(one.values for one in series), strict=True)), default=0)
    top = choose_top(highest)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(names))
    blocks = []
    for index, name in enumerate(names):
        base = 0.0
        for one in series:
            if value := one.values[index]:
                text = f"{name}: {one.label} {word_number(value)}"
                x, width = LEFT + step * (index + GAP / 2), step * (1 - GAP)
                y, height = place(base + value, top), place(base, top) - place(base + value, top)
                blocks.append(Block(write(x), write(y), write(width), write(height), one.fill, text))
                base += value
    return Chart(tuple(blocks), mark_rows(top), mark_columns(names, step))


def choose_top(highest: float) -> float:
    """A round number that nothing exceeds, and that TICKS divides well."""
    if highest <= TICKS:
        return TICKS
    unit = 10.0 ** math.floor(math.log10(highest / TICKS))
    return next(unit * factor * TICKS for factor in (1, 2, 2.5, 5, 10) if unit * factor * TICKS >= highest)


def place(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def mark_rows(top: float) -> tuple[Mark, ...]:
    values = [top * tick / TICKS for tick in range(TICKS + 1)]
    return tuple(Mark(write(place(value, top)), word_number(value)) for value in values)


def mark_columns(names: Sequence[str], step: float) -> tuple[Mark, ...]:
    """Some of the names, evenly spread, the last one among them."""
    fitting = WIDTH // (CHARACTER_WIDTH * max(map(len, names), default=1))
    every = max(1, math.ceil(len(names) / min(MOST_LABELS_BELOW, max(1, fitting))))
    shown = range(len(names) - 1, -1, -every)
    last = len(names) - 1
    return tuple(
        Mark(str(WIDTH - RIGHT), names[index], "end")
        if index == last
        else Mark(write(LEFT + step * (index + 0.5)), names[index])
        for index in shown
    )


def word_number(number: float) -> str:
    """As people write it, with one digit behind the point if it is not whole."""
    return number_format(round(number, 1), force_grouping=True).removesuffix(".0")


def write(number: float) -> str:
    """Without the decimal comma of some languages."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
