"""The way of a page of cards: prepared, contested, matched, written, recorded."""
