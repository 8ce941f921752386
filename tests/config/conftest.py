from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.installation import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation of its own, used from outside through its commands."""
    installed = Installation(tmp_path)
    yield installed
    installed.end_all()
