"""Plain HTTP callers, on purpose without anything of our own clients: the sandbox is judged by itself."""

from typing import Any

import orjson
import requests

ALWAYS = {"updatedFrom": "2000-01-01T00:00:00+09:00", "updatedTo": "2100-01-01T00:00:00+09:00", "range": "all"}


class SansanCaller:
    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["X-Sansan-Api-Key"] = key

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(self.url + path, params=params, timeout=5)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(self.url + path, json=body, timeout=5)

    def page(self, token: str = "", **params: Any) -> dict[str, Any]:
        """One page of all cards by period."""
        answer = self.get("/bizCards", **{**ALWAYS, **params, **({"nextPageToken": token} if token else {})})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self, **params: Any) -> list[dict[str, Any]]:
        """All cards by period, following the tokens."""
        cards, token = [], ""
        while True:
            page = self.page(token, **params)
            cards += page["data"]
            token = page["nextPageToken"] or ""
            if not page["hasMore"]:
                return cards


class HubSpotCaller:
    def __init__(self, url: str, token: str, version: str = "2026-09") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.contacts = f"/crm/objects/{version}/contacts"
        self.properties = f"/crm/properties/{version}/contacts"

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        data = None if body is None else orjson.dumps(body)
        headers = {"Content-Type": "application/json"}
        return self.session.request(method, self.url + path, data=data, params=params, headers=headers, timeout=5)

    def batch(self, action: str, inputs: list[dict[str, Any]], **body: Any) -> requests.Response:
        return self.call("POST", f"{self.contacts}/batch/{action}", {"inputs": inputs, **body})

    def search(self, *filters: dict[str, Any], **body: Any) -> requests.Response:
        groups = [{"filters": list(filters)}] if filters else []
        return self.call("POST", f"{self.contacts}/search", {"filterGroups": groups, **body})


def traced(*properties: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """Inputs of a batch create, with the trace ids t0, t1, …"""
    return [{"properties": one, "objectWriteTraceId": f"t{number}", **more} for number, one in enumerate(properties)]


def issues_by_trace(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The errors of a 207 answer by trace id."""
    return {error["context"]["objectWriteTraceId"][0]: error for error in body["errors"]}
