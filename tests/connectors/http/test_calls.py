"""What goes out, and what comes back when all is well."""

import time

import orjson
import pytest

from connectors.errors import CredentialsError, StopRunError, UnexpectedAnswerError
from tests.connectors.http.conftest import CANARY
from tests.connectors.http.stand_in import answer


def test_sends_method_path_parameters_headers_and_json(play, connect):
    stage = play(answer(200, {"ok": True}))

    body = connect(stage.url).call(
        "POST",
        "/things",
        params={"at": "2026-01-01T00:00:00+09:00", "type": ["a", "b"]},
        json={"名": "値"},
        repeatable=True,
    )

    head, _, content = stage.seen[0].partition(b"\r\n\r\n")
    assert body == {"ok": True}
    assert head.startswith(b"POST /api/things?at=2026-01-01T00%3A00%3A00%2B09%3A00&type=a&type=b HTTP/1.1\r\n")
    assert f"Authorization: Bearer {CANARY}".encode() in head
    assert b"Content-Type: application/json" in head
    assert orjson.loads(content) == {"名": "値"}


def test_an_answer_without_content_is_none(play, connect):
    stage = play(answer(204, b""))

    assert connect(stage.url).call("POST", "/things", json={}, repeatable=False) is None


def test_neither_a_login_in_netrc_nor_one_in_the_address_replaces_the_token(play, connect, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    stage = play(answer(200, {}), answer(200, {}))

    for url in (stage.url, stage.url.replace("//", "//somebody:else@")):
        connect(url).call("GET", "/things", repeatable=True)

    assert [f"Authorization: Bearer {CANARY}".encode() in request for request in stage.seen] == [True, True]


def test_a_proxy_is_not_asked_for_a_service_on_this_machine(play, connect, refused_url, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", refused_url)
    monkeypatch.setenv("http_proxy", refused_url)
    stage = play(answer(200, {"ok": True}))

    assert connect(stage.url).call("GET", "/things", repeatable=True) == {"ok": True}


def test_a_redirect_is_not_followed(play, connect):
    elsewhere = play(answer(200, {"stolen": True}))
    stage = play(answer(302, {}, Location=elsewhere.url))

    with pytest.raises(UnexpectedAnswerError, match="base URL"):
        connect(stage.url).call("GET", "/things", repeatable=True)
    assert elsewhere.seen == []
    assert len(stage.seen) == 1


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999", "http://[::1"])
def test_an_address_that_cannot_be_one_stops_at_once(connect, url, sleeper):
    with pytest.raises(StopRunError, match="base URL"):
        connect(url).call("GET", "/things", repeatable=True)
    assert sleeper.rests == []


@pytest.mark.parametrize("key", ["", "鍵ＡＢＣ", "two\nlines", " padded"])
def test_a_key_that_cannot_be_one_is_refused_without_being_quoted(connect, key):
    with pytest.raises(CredentialsError) as caught:
        connect("http://127.0.0.1:1", headers={"X-Key": key})
    assert not key or key not in str(caught.value)


def test_a_connection_that_the_service_closed_meanwhile_is_replaced(play, connect):
    stage = play(answer(200, {"n": 1}, close=True), answer(201, {"n": 2}))
    client = connect(stage.url)
    client.call("GET", "/things", repeatable=True)
    time.sleep(0.05)  # for the news to arrive

    assert client.call("POST", "/things", json={}, repeatable=False) == {"n": 2}


def test_repr_names_the_service_and_no_key(connect):
    client = connect("http://127.0.0.1:1")

    assert repr(client) == "HttpClient('Stand-in', 'http://127.0.0.1:1')"
