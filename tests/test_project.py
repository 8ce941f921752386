"""Rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    ".ci",
    ".env.example",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "config",
    "connectors",
    "manage.py",
    "pyproject.toml",
    "sync",
    "templates",
    "tests",
    "uv.lock",
}
LONGEST_FILE = 300
# Each with the reason why it may be longer.
LONG_FILES = {
    "sync/locale/ja/LC_MESSAGES/django.po": "one entry for each text of the product",
}
NOT_OURS = re.compile(r"(^|/)migrations/|\.mo$|\.png$|^uv\.lock$")
BANNED_MODULE_NAMES = {"utils", "helpers", "common", "misc", "base", "core", "manager"}
# Put together from pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile("|".join(rf"(?<![\w.:/]){place}/\w" for place in ("/root", "/home", "/work", "/Users")))
READ_BY_SETTINGS = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]+)"')


def list_files() -> list[str]:
    """Every file of the project, as git would take it; without git, what is not a cache or an environment."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [str(path) for path in found if path.parts[0] in TOP_LEVEL and "__pycache__" not in path.parts]


FILES = list_files()


def read_text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_files_are_found() -> None:
    assert "manage.py" in FILES
    assert len(FILES) > 100


def test_the_top_level_holds_nothing_else() -> None:
    assert {name.split("/")[0] for name in FILES} == TOP_LEVEL


def test_files_are_short() -> None:
    lengths = {name: len(read_text(name).splitlines()) for name in FILES if not NOT_OURS.search(name)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE and name not in LONG_FILES} == {}


def test_files_name_no_machine() -> None:
    found = {name: MACHINE_PATHS.findall(read_text(name)) for name in FILES if not NOT_OURS.search(name)}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_exceptions_are_still_needed() -> None:
    assert [name for name in LONG_FILES if name in FILES and len(read_text(name).splitlines()) <= LONGEST_FILE] == []


def test_modules_are_named_by_what_they_do() -> None:
    names = {Path(part).stem for name in FILES if name.endswith(".py") for part in Path(name).parts}
    assert names & BANNED_MODULE_NAMES == set()


def test_the_example_environment_names_every_variable() -> None:
    read = set(READ_BY_SETTINGS.findall(read_text("config/settings.py")))
    named = set(re.findall(r"^# ([A-Z][A-Z0-9_]+)=", read_text(".env.example"), flags=re.MULTILINE))
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"} <= read
    assert read == named


def test_every_variable_has_a_sentence_and_stays_off() -> None:
    blocks = re.split(r"\n\s*\n", read_text(".env.example"))
    for block in (block for block in blocks if re.search(r"^# [A-Z][A-Z0-9_]+=", block, flags=re.MULTILINE)):
        assert re.search(r"^# .*\w\.$", block, flags=re.MULTILINE), block
        assert all(line.startswith("#") for line in block.splitlines()), block


def test_packages_are_locked_from_the_public_index() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", read_text("uv.lock")))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def test_the_gate_is_executable() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_the_readme_names_commands_that_exist() -> None:
    readme = read_text("README.md")
    run = set(re.findall(r"manage\.py (\w+)", readme))
    listed = set(re.findall(r"^\| `(\w+)", readme, flags=re.MULTILINE))
    assert {"demo", "apply", "run_sync", "dev"} <= run
    assert run | listed <= set(get_commands())


def test_the_readme_begins_with_the_two_commands() -> None:
    first_screen = "\n".join(read_text("README.md").splitlines()[:20])
    assert "pip install uv && uv run manage.py demo" in first_screen
    assert "pip install uv && uv run pytest" in first_screen


def test_the_readme_links_to_files_that_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", read_text("README.md"))
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
