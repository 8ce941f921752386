"""Japanese and other text: widths, kana, spaces, invisible characters."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

import jaconv

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Zero-width and direction marks, byte order marks, control characters and lone surrogates: copied along from mails
# and PDFs, seen by nobody, and enough to make two equal names differ. The zero-width joiner stays where it holds an
# emoji together.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
)
# NFKC would replace the old forms of kanji that some family names are written with (FA19 for 795E) by the modern ones.
_NOT_COMPATIBILITY_KANJI = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
# A voiced mark that was typed as a character of its own after a kana.
_LOOSE_VOICED_MARK = re.compile("(?<=[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d])\u309b")
_LOOSE_SEMI_VOICED_MARK = re.compile("(?<=[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d])\u309c")
# Kana, kanji and ASCII that have no other form and join with nothing: most texts hold nothing else.
_SETTLED = re.compile("[\\n\x20-\x7e\u3001-\u3003\u3005-\u3007\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff]*")
_HIRAGANA = re.compile("[\u3041-\u3096\u309d-\u309f]")
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_ZERO_WIDTH_AS_SPACE = str.maketrans(dict.fromkeys(_ZERO_WIDTH, " "))
_EDGES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + _ZERO_WIDTH


def normalize_text(text: str) -> str:
    """Bring full-width letters and half-width kana to their ordinary width (NFKC) and drop invisible characters.

    Kanji keep the form that the card shows, line breaks become "\\n". Source: Unicode Standard Annex 15.
    """
    if _SETTLED.fullmatch(text):
        return text
    text = _LINE_BREAKS.sub("\n", text)
    text = _LOOSE_SEMI_VOICED_MARK.sub("\u309a", _LOOSE_VOICED_MARK.sub("\u3099", text))
    # Twice: what was invisible may have kept apart what composes.
    return _compose(_INVISIBLE.sub("", _compose(text)))


def _compose(text: str) -> str:
    return _NOT_COMPATIBILITY_KANJI.sub(lambda part: unicodedata.normalize("NFKC", part[0]), text)


def trim_text(text: str) -> str:
    """Take away white space (the ideographic space too) and zero-width characters at both ends."""
    return text.strip(_EDGES)


def squeeze_text(text: str) -> str:
    """Take away all white space and zero-width characters, inside too."""
    return "".join(text.translate(_ZERO_WIDTH_AS_SPACE).split())


def fold_text(text: str) -> str:
    """Make the form in which texts are compared: NFKC, without case, invisible characters and surrounding space."""
    folded = unicodedata.normalize("NFKC", normalize_text(text)).casefold()
    return unicodedata.normalize("NFKC", folded).strip(_EDGES)


def write_katakana(text: str) -> str:
    """Write all kana as full-width katakana; everything else is only normalised."""
    text = normalize_text(text)
    return trim_text(jaconv.hira2kata(text) if _HIRAGANA.search(text) else text)


def write_hiragana(text: str) -> str:
    """Write all kana as hiragana; everything else is only normalised."""
    return trim_text(jaconv.kata2hira(normalize_text(text)))


def cut_text(text: str, length: int) -> str:
    """Cut to at most `length` characters without parting a character from its marks or its variation selector."""
    if len(text) <= length:
        return text
    while length and unicodedata.category(text[length]).startswith("M"):
        length -= 1
    return text[:length].rstrip(_EDGES)


def suggest_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Find up to three known names that `name` may have been meant to be, best first."""
    by_folded = {fold_text(candidate): candidate for candidate in known}
    return tuple(by_folded[match] for match in difflib.get_close_matches(fold_text(name), list(by_folded), n=3))
