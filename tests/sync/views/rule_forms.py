"""A form of a page as a browser holds it: read, filled in, sent."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client

Values = dict[str, list[str]]


class FormReader(HTMLParser):
    """What the forms of a page would send, all of them together."""

    def __init__(self) -> None:
        super().__init__()
        self.values: Values = {}
        self._select = ""
        self._first: str | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "input" and name:
            is_box = found.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in found:
                self._put(name, found.get("value", "on" if is_box else ""))
        elif tag == "select":
            self._select, self._first = name, None if "multiple" in found else ""
        elif tag == "option" and self._select:
            if "selected" in found:
                self.values.pop(self._select, None) if self._first is not None else None
                self._put(self._select, found.get("value", ""))
                self._first = None
            elif self._first == "":
                self._first = found.get("value", "")
                self._put(self._select, self._first)
        elif tag == "textarea":
            self._area = name
            self._put(name, "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def _put(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


class Editor:
    """A page with a form, and what is entered in it."""

    def __init__(self, client: Client, address: str) -> None:
        self.client = client
        self.address = address
        self.answer: Any = None
        self.values: Values = {}
        self.load()

    @property
    def text(self) -> str:
        content: str = self.answer.content.decode()
        return content

    def load(self, query: str = "") -> None:
        self._take(self.client.get(self.address + query))
        assert self.answer.status_code == 200

    def send(self, action: str, **changes: Any) -> HttpResponse:
        """Presses a button; a redirect is followed, and the page that comes back is the one in hand then."""
        for name, value in changes.items():
            if value is None:
                self.values.pop(name, None)
            else:
                self.values[name] = value if isinstance(value, list) else [value]
        self._take(self.client.post(self.address, {**self.values, "action": action}, follow=True))
        return self.answer

    def _take(self, answer: Any) -> None:
        self.answer = answer
        reader = FormReader()
        reader.feed(answer.content.decode())
        self.values = reader.values

    @property
    def is_saved(self) -> bool:
        return bool(self.answer.redirect_chain) and "saved=1" in self.answer.redirect_chain[-1][0]
