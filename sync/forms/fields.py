"""Form fields for values that are kept as JSON, entered the way people write them."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class JsonOrTextField(forms.CharField):
    """A number, a list or an object as JSON; anything else is taken as the text it is, without quotes around it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _('A text, or a list as JSON: ["A", "B"].'))
        super().__init__(required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        if value == []:
            return ""
        return json.dumps(value, ensure_ascii=False)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial) or "", data)


class WordListField(forms.CharField):
    """A list of known words, in order, separated by commas."""

    def __init__(self, *, words: tuple[str, ...], **options: Any) -> None:
        self.words = words
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        listed = [word.strip() for word in super().clean(value).split(",") if word.strip()]
        unknown = [word for word in listed if word not in self.words]
        if unknown or len(set(listed)) < len(listed):
            raise forms.ValidationError(
                _("Name each of these at most once, separated by commas: %(words)s."),
                params={"words": ", ".join(self.words)},
            )
        return listed

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
