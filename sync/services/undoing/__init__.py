"""Takes a run back: contacts that it created are archived, values that it changed put back, unless edited since."""
