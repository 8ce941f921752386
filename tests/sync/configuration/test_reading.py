"""The file as text: syntax, lines, and what its shape must be."""

import textwrap
from pathlib import Path

import pytest

from sync.services.configuration.faults import ConfigurationError, FaultList
from sync.services.configuration.loading import load_yaml, read_text
from sync.services.configuration.reading import read_document
from sync.services.configuration.schema import Document


def read(text: str) -> tuple[Document, list[str]]:
    faults = FaultList()
    document = read_document(load_yaml(textwrap.dedent(text), faults), faults)
    return document, [fault.locate("c.yaml") for fault in faults.faults]


def refuse(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    (fault,) = caught.value.faults
    return fault.locate("c.yaml")


RULE = """\
accounts: []
sync_rules:
  - name: r
    sansan: S
    hubspot: H
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "c.yaml: The file is empty."),
        ("# only a comment\n", "c.yaml: The file is empty."),
        ("just text", "c.yaml:1: The file must hold the keys 'accounts' and 'sync_rules'."),
        ("- a\n- b\n", "c.yaml:1: The file must hold the keys 'accounts' and 'sync_rules'."),
        ("accounts:\n  - name: [S\n", "c.yaml:3: Not valid YAML: expected ',' or ']', but got '<stream end>'."),
        ("a: 1\n\tb: 2\n", "c.yaml:2: Not valid YAML: found character '\\t' that cannot start any token."),
        ("accounts: []\n---\naccounts: []\n", "c.yaml:2: Not valid YAML: but found another document."),
        ("accounts: *nobody\n", "c.yaml:1: Not valid YAML: found undefined alias 'nobody'."),
        ("a: \x07\n", "c.yaml: Not valid YAML."),
        ("&a\naccounts: *a\n", "c.yaml: The file nests too deeply or is too large."),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole(text: str, told: str) -> None:
    assert refuse(text) == told


def test_a_repeated_key_is_named_by_its_line_and_its_values_are_not_quoted() -> None:
    told = refuse("credentials:\n  api_key: FAKE-first\n  api_key: FAKE-second\n")
    assert told == "c.yaml:3: A key stands twice in the same place."


def test_a_file_that_repeats_itself_without_end_is_refused() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 9))
    assert "nests too deeply or is too large" in refuse(f"l0: &l0 [x]\n{levels}\n")


def test_files_that_are_not_there_or_not_text(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    found = {}
    for file in (tmp_path / "none.yaml", tmp_path, binary):
        with pytest.raises(ConfigurationError) as caught:
            read_text(file)
        found[file.name] = str(caught.value)
    assert found == {
        "none.yaml": "There is no such file.",
        tmp_path.name: "This is a folder, not a file.",
        "binary.yaml": "The file is not UTF-8 text.",
    }


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes("accounts: []\n".encode("utf-8-sig"))
    assert read(read_text(file))[1] == []


def test_what_is_left_out_has_the_documented_defaults() -> None:
    document, faults = read(RULE)
    assert faults == []
    (rule,) = document.sync_rules
    assert rule is not None
    assert (rule.direction, rule.enabled, rule.interval_minutes) == ("sansan_to_hubspot", False, 10)
    assert (rule.tags.sync, rule.tags.only_with_these, rule.only_with_email) == (None, False, True)
    assert (rule.matching, rule.conflict, rule.mappings) == (["link", "email"], "sansan_wins", None)


def test_lists_with_all_entries_commented_out_are_empty() -> None:
    document, faults = read("accounts:\n  # - name: S\nsync_rules:\n")
    assert (document.accounts, document.sync_rules, faults) == ([], [], [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("intervall_minutes: 5", "intervall_minutes: unknown key; did you mean 'interval_minutes'?"),
        ("interval_minutes: 0", "interval_minutes: must be at least 1"),
        ("interval_minutes: 1.5", "interval_minutes: must be a whole number"),
        ("interval_minutes: '10'", "interval_minutes: must be a whole number"),
        ("enabled: yes", "enabled: must be true or false"),
        ("enabled: 1", "enabled: must be true or false"),
        ("direction: two_ways", "direction: 'two_ways' is not possible here; did you mean 'two_way'?"),
        (
            "conflict: nobody",
            "conflict: 'nobody' is not possible here; there is: hubspot_wins, newest, review, sansan_wins",
        ),
        ("matching: [link, mail]", "matching[1]: 'mail' is not possible here; did you mean 'email'?"),
        ("matching: email", "matching: must be a list"),
        ("tags: VIP", "tags: must hold keys and values"),
        ("tags: {sync: VIP}", "tags.sync: must be a list of tags, or the word 'all'"),
        ("tags: {sync: [VIP, 2026]}", "tags.sync[1]: must be a tag's name, as text"),
        ("tags: {sync: }", "tags.sync: no value is given"),
        ("filters: {match: both}", "filters.match: 'both' is not possible here; there is: all, any"),
        ("filters: {conditions: [{field: email}]}", "filters.conditions[0].operator: is missing"),
        ("filters: {conditions: [{feild: email, operator: is_empty}]}", "filters.conditions[0].field: is missing"),
        ("mappings: defaults", "mappings: must be a list of mappings, or the word 'default'"),
        ("mappings:", "mappings: no value is given"),
        ("mappings: [{sansan: email}]", "mappings[0].hubspot: is missing"),
        ("mappings: [{sansan: tel, hubspot: phone, write: sometimes}]", "mappings[0].write: 'sometimes' is not"),
        ("mappings: [~]", "mappings[0]: this entry is empty"),
        ("hubspot_filters: {conditions: [5]}", "hubspot_filters.conditions[0]: must hold keys and values"),
        ('conflict: "\\0"', "conflict: this value can't be stored"),
        ("filters: {conditions: [{field: tel, operator: equals, value: .nan}]}", "filters.conditions[0].value: this"),
        ("only_with_email: !secret x", "only_with_email: the YAML tag before this value is not understood"),
    ],
)
def test_each_wrong_entry_is_named_with_its_line_and_path(line: str, told: str) -> None:
    _document, faults = read(f"{RULE}    {line}\n")
    assert f"c.yaml:6 sync_rules[0].{told}" in "\n".join(faults)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("interval_minutes: ten", "interval_minutes: must be a whole number"),
        ("filters: {conditions: [{field: tel, operator: }]}", "filters.conditions[0].operator: no value is given"),
    ],
)
def test_one_fault_is_told_once(line: str, told: str) -> None:
    _document, faults = read(f"{RULE}    {line}\n")
    assert faults == [f"c.yaml:6 sync_rules[0].{told}"]


def test_faulty_entries_leave_the_others_in_their_places() -> None:
    text = """\
    sync_rules:
      - {name: 5, sansan: S, hubspot: H}
      - name: good
        sansan: S
        hubspot: H
        mappings:
          - {sansan: tel}
          - {sansan: email, hubspot: email}
    """
    document, faults = read(text)
    assert faults == [
        "c.yaml:2 sync_rules[0].name: must be text: put it in quotes",
        "c.yaml:7 sync_rules[1].mappings[0].hubspot: is missing",
    ]
    bad, good = document.sync_rules
    assert bad is None
    assert good is not None
    assert good.mappings is not None
    assert [entry and entry.hubspot for entry in good.mappings] == [None, "email"]


def test_a_secret_of_the_wrong_kind_is_not_quoted() -> None:
    text = "accounts:\n  - {name: S, provider: sansan, credentials: {api_key: 12345678}}\n"
    assert read(text)[1] == ["c.yaml:2 accounts[0].credentials.api_key: must be {env: NAME} or {file: PATH}"]


def test_anchors_and_merges_are_read() -> None:
    text = """\
    sync_rules:
      - &first {name: a, sansan: S, hubspot: H, interval_minutes: 5}
      - <<: *first
        name: b
    """
    document, faults = read(text)
    assert faults == []
    assert [(rule.name, rule.interval_minutes) for rule in document.sync_rules if rule] == [("a", 5), ("b", 5)]
