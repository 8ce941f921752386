"""What is sent again, what is not, and for how long."""

import socket
from itertools import pairwise

import pytest

from connectors.errors import (
    AnswerLostError,
    CredentialsError,
    MissingScopeError,
    NotFoundError,
    QuotaExhaustedError,
    RejectedError,
    RetryLaterError,
    StopRunError,
)
from tests.connectors.http.stand_in import answer, cut_off, hang_up, reset, stay_silent

UNCERTAIN = {
    "500": answer(500, {"message": "oops"}),
    "502": answer(502, b"<html>bad gateway</html>"),
    "503": answer(503, {}),
    "504": answer(504, {}),
    "521": answer(521, {}),
    "523": answer(523, {}),
    "524": answer(524, b"<html>timeout</html>"),
    "408": answer(408, {}),
    "reset": reset,
    "hung up": hang_up,
    "silent": stay_silent(0.3),
    "cut off": cut_off({"data": [1, 2, 3]}, at=8),
    "half a JSON": answer(200, b'{"data": [1,'),
    "page": answer(200, b"<html>maintenance</html>"),
    "nothing": answer(200, b""),
}


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_a_repeatable_call_is_sent_again_when_the_answer_is_lost(play, connect, kind):
    stage = play(UNCERTAIN[kind], answer(200, {"ok": True}))
    client = connect(stage.url)

    assert client.call("POST", "/things", json={"a": 1}, repeatable=True) == {"ok": True}
    assert client.requests_sent == len(stage.seen) == 2
    assert stage.seen[0] == stage.seen[1]


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_a_call_that_must_not_happen_twice_is_not_sent_again(play, connect, kind, sleeper):
    stage = play(UNCERTAIN[kind], answer(200, {"ok": True}))
    client = connect(stage.url)

    with pytest.raises(AnswerLostError):
        client.call("POST", "/things", json={}, repeatable=False)
    assert client.requests_sent == len(stage.seen) == 1
    assert sleeper.rests == []


@pytest.mark.parametrize("kind", ["500", "reset", "silent", "page"])
def test_a_repeatable_call_gives_up_in_the_end_and_does_not_call_it_a_lost_write(play, connect, kind):
    stage = play(*[UNCERTAIN[kind]] * 6)
    client = connect(stage.url, max_attempts=3)

    with pytest.raises(RetryLaterError) as caught:
        client.call("GET", "/things", repeatable=True)
    assert not isinstance(caught.value, AnswerLostError)
    assert client.requests_sent == 3


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(("status", "body"), [(429, {"retry_after": 3}), (423, {}), (477, {"retry_after": 5})])
def test_what_was_refused_before_any_work_is_sent_again(play, connect, status, body, repeatable):
    stage = play(answer(status, body), answer(201, {"ok": True}))

    assert connect(stage.url).call("POST", "/things", json={}, repeatable=repeatable) == {"ok": True}


def test_a_service_that_cannot_be_reached_is_tried_again_without_counting_it_as_sent(connect, refused_url, sleeper):
    client = connect(refused_url)

    with pytest.raises(RetryLaterError) as caught:
        client.call("POST", "/things", json={}, repeatable=False)
    assert not isinstance(caught.value, AnswerLostError)
    assert client.requests_sent == 0
    assert len(sleeper.rests) == 4


def test_a_host_whose_name_is_not_known_may_be_known_later(connect, monkeypatch):
    def know_nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", know_nobody)

    with pytest.raises(RetryLaterError, match="could not be reached"):
        connect("http://no-such-host.invalid", max_attempts=1).call("POST", "/things", json={}, repeatable=False)


def test_rests_grow_and_stay_within_bounds(play, connect, sleeper):
    stage = play(*[answer(503, {})] * 8)

    with pytest.raises(RetryLaterError):
        connect(stage.url, max_attempts=8).call("GET", "/things", repeatable=True)
    first, second, third, fourth, *others = sleeper.rests
    assert 0.5 <= first <= 1 <= second <= 1.5 < 2 <= third <= 2.5 < 4 <= fourth <= 4.5
    assert 8 + 16 + 20 <= sum(others) <= 8 + 16 + 20 + 3 * 0.5


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (answer(429, {"retry_after": 7}), 7),
        (answer(429, {}, Retry_After="4"), 4),
        (answer(423, {}), 2),
        (answer(423, {}, Retry_After="5"), 5),
        (answer(503, {}, Retry_After="9"), 9),
    ],
)
def test_rests_as_long_as_the_service_asks(play, connect, sleeper, first, asked):
    stage = play(first, answer(200, {}))

    connect(stage.url).call("GET", "/things", repeatable=True)

    assert asked <= sum(sleeper.rests) <= asked + 0.25


def test_tells_the_caller_during_a_long_rest(play, connect, sleeper):
    stage = play(answer(429, {"retry_after": 50}), answer(200, {}))
    announced: list[float] = []

    connect(stage.url, on_request=lambda: announced.append(sum(sleeper.rests))).call("GET", "/t", repeatable=True)

    gaps = [later - earlier for earlier, later in pairwise(announced)]
    assert announced[0] == 0
    assert announced[-1] >= 50
    assert max(gaps) <= 15.25


def test_the_caller_can_end_the_call_before_anything_is_sent(play, connect):
    class LeaseLostError(Exception):
        pass

    def refuse() -> None:
        raise LeaseLostError

    stage = play(answer(200, {}))

    with pytest.raises(LeaseLostError):
        connect(stage.url, on_request=refuse).call("GET", "/things", repeatable=True)
    assert stage.seen == []


def test_asks_the_caller_again_after_waiting_for_the_budget(play, connect):
    happened: list[str] = []

    class SlowBudget:
        def slot(self, on_wait):
            return self

        def __enter__(self):
            happened.append("waited")
            return self

        def __exit__(self, *_) -> None:
            happened.append("left")

        def learn(self, headers, *, is_refused=False) -> None:
            happened.append("heard")

    stage = play(answer(200, {}))

    connect(stage.url, budget=SlowBudget(), on_request=lambda: happened.append("asked")).call(
        "GET", "/things", repeatable=True
    )

    assert happened == ["waited", "asked", "heard", "left"]


def test_a_wait_that_no_call_can_afford_is_left_to_another_run(play, connect, sleeper):
    stage = play(answer(429, {"retry_after": 3600}))

    with pytest.raises(RetryLaterError) as caught:
        connect(stage.url).call("GET", "/things", repeatable=True)
    assert caught.value.retry_after_seconds == 3600
    assert sleeper.rests == []


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (answer(400, {"message": "bad"}), RejectedError),
        (answer(401, {}), CredentialsError),
        (answer(403, {}), MissingScopeError),
        (answer(404, {}), NotFoundError),
        (answer(409, {}), RejectedError),
        (answer(414, b"<html>"), RejectedError),
        (answer(429, {"code": "DAILY"}), QuotaExhaustedError),
        (answer(477, {}, Retry_After="7200"), QuotaExhaustedError),
        (answer(477, {}), QuotaExhaustedError),
        (answer(522, b"<html>"), StopRunError),
        (answer(525, {}), StopRunError),
        (answer(526, {}), StopRunError),
    ],
)
@pytest.mark.parametrize("repeatable", [True, False])
def test_what_would_end_the_same_again_is_raised_at_once(play, connect, sleeper, act, error, repeatable):
    stage = play(act, answer(200, {}))

    with pytest.raises(error) as caught:
        connect(stage.url).call("POST", "/things", json={}, repeatable=repeatable)
    assert not isinstance(caught.value, RetryLaterError)
    assert len(stage.seen) == 1
    assert sleeper.rests == []


def test_says_until_when_a_move_between_data_centres_takes(play, connect):
    stage = play(answer(477, {}, Retry_After="7200"))

    with pytest.raises(QuotaExhaustedError) as caught:
        connect(stage.url).call("GET", "/things", repeatable=True)
    assert caught.value.resets_in_seconds == 7200


def test_an_error_keeps_status_code_and_where_it_happened(play, connect):
    stage = play(answer(400, {"message": "no such field", "code": "BAD_FIELD"}))

    with pytest.raises(RejectedError, match="Stand-in GET /things answered 400: no such field") as caught:
        connect(stage.url).call("GET", "/things", params={"email": "private@example.jp"}, repeatable=True)
    assert (caught.value.status, caught.value.code) == (400, "BAD_FIELD")
    assert "private@example.jp" not in str(caught.value)
