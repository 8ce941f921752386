"""The key must not be in anything that an error shows, whatever went wrong."""

import logging
import traceback

import pytest
import requests

from connectors.errors import ConnectorError
from tests.connectors.http.conftest import CANARY
from tests.connectors.http.stand_in import answer, cut_off, hang_up, reset, stay_silent

ECHO = {"message": f"the key {CANARY} is bad", "code": CANARY, CANARY: {"deep": [CANARY]}}

WRECKS = {
    "refused": None,
    "reset": reset,
    "hung up": hang_up,
    "silent": stay_silent(0.3),
    "cut off": cut_off({"data": [1, 2, 3]}, at=8),
    "page": answer(200, b"<html>" + CANARY.encode()),
    "redirect": answer(302, ECHO, Location=f"http://127.0.0.1/{CANARY}"),
    **{f"echo {status}": answer(status, ECHO) for status in (400, 401, 403, 404, 409, 429, 477, 500, 522)},
    "echo as text": answer(400, b"you sent " + CANARY.encode()),
}


def list_chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    pending: list[BaseException | None] = [error]
    while pending:
        link = pending.pop()
        if link is not None and link not in chain:
            chain.append(link)
            pending += [link.__cause__, link.__context__]
    return chain


def show_all(error: BaseException) -> str:
    """Everything that a log, a debug page or an error tracker could print of the error."""
    shown = ["".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())]
    for link in list_chain(error):
        shown += [str(link), repr(link), repr(vars(link))]
        for attribute in ("request", "response"):
            carried = getattr(link, attribute, None)
            shown.append(repr(vars(carried)) if carried is not None else "")
    return "\n".join(shown)


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("kind", WRECKS)
def test_no_error_shows_the_key(play, connect, refused_url, caplog, kind, repeatable):
    caplog.set_level(logging.DEBUG)
    act = WRECKS[kind]
    url = play(*[act] * 2).url if act else refused_url

    with pytest.raises(ConnectorError) as caught:
        connect(url, max_attempts=2).call("POST", "/things", json={"a": 1}, repeatable=repeatable)

    assert len(list_chain(caught.value)) == 1
    assert CANARY not in show_all(caught.value)
    assert CANARY not in caplog.text


def test_the_check_would_find_a_key_in_a_chained_error():
    def ask_carelessly() -> None:
        try:
            requests.get("http://127.0.0.1:1", headers={"Authorization": CANARY}, timeout=1)
        except requests.RequestException as error:
            raise ConnectorError("not reached") from error

    with pytest.raises(ConnectorError) as caught:
        ask_carelessly()
    assert CANARY in show_all(caught.value)
