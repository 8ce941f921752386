"""Every text of the product speaks Japanese, and what is compiled is what is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation.template import templatize

from sync.models import RecordLog
from sync.reasons import REASONS, describe

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "sync" / "locale" / "ja" / "LC_MESSAGES" / "django.po"
# Which arguments of these functions are texts; `_` stands for the first two. A context tells equal texts apart.
ONE, TWO, BEHIND_CONTEXT = slice(0, 1), slice(0, 2), slice(1, 2)
TEXTS = {"_": ONE, "gettext": ONE, "ngettext": TWO, "pgettext": BEHIND_CONTEXT}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATES = re.compile(rf"\bn?(p?)gettext\(({LITERAL}(?:, ?{LITERAL})*)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|\{\w+\}")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# Names and formats that are the same in both languages.
ALIKE = {
    "API",
    "Sansan → HubSpot",
    "HubSpot → Sansan",
    "web address",
    "M j",
    "M j, H:i",
    "{message}",
    "{problems}",
    "%(field)s %(operator)s",
    "%(subject)s %(event)s",
    "%(what)s (%(when)s).",
    "%(who)s, %(when)s:",
    "%(what)s: “%(old)s” became “%(new)s”",
    "%(kind)s #%(number)s",
    "#%(number)s is %(status)s",
}


def list_texts() -> Iterator[str]:
    for folder in ("config", "sync"):
        for path in (ROOT / folder).rglob("*.py"):
            yield from list_texts_of_code(path.read_text(encoding="utf-8"))
    for path in (ROOT / "templates").rglob("*.html"):
        # Django turns a template into something that looks like code, for the tools that look for texts in code.
        for context, literals in IN_TEMPLATES.findall(templatize(path.read_text(encoding="utf-8"))):
            texts = re.findall(LITERAL, literals)
            yield from map(ast.literal_eval, texts[1:] if context else texts)


def list_texts_of_code(code: str) -> Iterator[str]:
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        for argument in call.args[TEXTS.get(name.removesuffix("_lazy"), slice(0))]:
            yield from (part.value for part in list_parts(argument) if isinstance(part.value, str))


def list_parts(argument: ast.expr) -> Iterator[ast.Constant]:
    """The text itself, or both sides of a choice between two."""
    if isinstance(argument, ast.Constant):
        yield argument
    elif isinstance(argument, ast.IfExp):
        yield from (*list_parts(argument.body), *list_parts(argument.orelse))


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def list_ids(entries: polib.POFile) -> set[str]:
    return {text for entry in entries for text in (entry.msgid, entry.msgid_plural) if text}


def list_translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_the_catalogue_has_every_text_and_no_other(catalogue: polib.POFile) -> None:
    in_code = set(list_texts())
    assert len(in_code) > 300
    assert in_code - list_ids(catalogue) == set()
    assert list_ids(catalogue) - in_code == set()


def test_every_text_is_in_japanese(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if entry.fuzzy or not all(list_translations(entry))] == []
    foreign = [e.msgid for e in catalogue if not all(JAPANESE.search(text) for text in list_translations(e))]
    assert set(foreign) <= ALIKE


def test_placeholders_are_the_same_in_both_languages(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for text in list_translations(entry):
            # English may say a name twice where Japanese says it once.
            english = PLACEHOLDER.findall(entry.msgid + entry.msgid_plural)
            assert set(PLACEHOLDER.findall(text)) == set(english), entry.msgid


def test_the_compiled_catalogue_is_the_written_one(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    written = {(e.msgctxt, e.msgid): list_translations(e) for e in catalogue}
    assert {(e.msgctxt, e.msgid): list_translations(e) for e in compiled} == written


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_explained_in_japanese(code: str) -> None:
    detail = {"message": "…", "problems": "…"}
    with translation.override("ja"):
        text = describe(code, detail)
    assert JAPANESE.search(text.title)
    assert JAPANESE.search(text.fix)


def test_models_and_choices_follow_the_language() -> None:
    with translation.override("ja"):
        assert str(RecordLog._meta.verbose_name) == "監査ログ"
        assert RecordLog(action="exclude", name="見本 太郎").get_action_display() == "除外"
    with translation.override("en"):
        assert RecordLog(action="exclude", name="見本 太郎").get_action_display() == "excluded"
