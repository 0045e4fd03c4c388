"""A fake 8x8: its documented addresses, fields, pages and refusals, over what a `Ledger` holds.

Where each behaviour comes from (https://github.com/8x8Cloud/public-developer-docs at 859e59a, 2026-07-23):

    [CDR]   docs/analytics/docs/work-analytics-call-detail-records.md     [LEGS]  …/work-analytics-call-legs.md
    [HIST]  docs_oas/analytics/work_analytics_historical.json             [WORK]  …/work_analytics.json
    [CUST]  docs_oas/analytics/work_analytics_customer_data.json
    [OAUTH] docs/analytics/docs/oauth-authentication-for-8x8-xcaas-apis.md
    [CSS]   docs/analytics/docs/cloud-storage-service-bulk-download.md

What is not there is marked [guess]; where two guesses are likely it can be switched, and tests play both.
"""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from offhook.demo.eight_by_eight.ledger import RECORDING, Ledger, Row, Told, millis

KEY, SECRET, USER, PASSWORD = "eght_key", "sec-ret", "someuser@acme.fakeco", "Rrnp5QBW6dTbx^TP"
PBX, PBX_ID = "acmecorppbx", "rXp_ceLVQs6RYjUp1Iqqwa"
WORK = "/analytics/work"


class Refused(Exception):
    """An answer other than 200: status, body, headers."""

    def __init__(self, status: int, body: Row, **headers: str) -> None:
        self.status, self.body, self.headers = status, body, headers


@dataclass
class Sound:
    """A recording, or a part of it."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    form: dict[str, str]


@dataclass
class Fake8x8:
    """`now`: its clock. Everything else can be changed while it runs."""

    now: Callable[[], datetime]
    ledger: Ledger = field(default_factory=Ledger)
    key: str = KEY
    secret: str = SECRET
    user: str = USER
    password: str = PASSWORD
    products: list[str] = field(default_factory=lambda: ["analytics product", "storage"])
    regions: list[str] = field(default_factory=lambda: ["us-east", "uk"])
    # Whom the analytics user may see: not all PBXs, when she lacks the access ([HIST], 403).
    may_see: bool = True
    may_read_storage: bool = True
    # [guess]: documented for legs is the time of disconnecting; for records nothing is.
    records_by: str = "disconnectedTimeUTC"
    most_rows: int = 7000
    # Rows on a page at most, however many were asked for.
    page: int = 7000
    # Requests to answer otherwise: a piece of the path → how often, and what.
    spoilt: dict[str, list[Refused]] = field(default_factory=dict)
    # Quirks of paging: pages given again before the next; scrolls that are forgotten; pages without a scrollId.
    repeats: int = 0
    forgets_scrolls: int = 0
    hides_scroll: bool = False
    # What every recording holds. [guess]: it gives the part that `Range` asks for.
    sound: bytes = RECORDING
    gives_parts: bool = True
    agents: dict[str, tuple[str, str]] = field(default_factory=dict)
    doing: dict[str, Row] = field(default_factory=dict)
    activity_by_queue: bool = False
    asked: list[Asked] = field(default_factory=list)
    _tokens: dict[str, datetime] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _repeated: dict[str, int] = field(default_factory=dict)

    # Served.

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        """On a port of this machine, any free one when 0; gives the address."""
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, more, body = fake.answer(self.path, headers, self.rfile.read(length).decode())
                self.send_response(status)
                for name, value in {**more, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing is told."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, url: str, headers: Mapping[str, str], body: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        asked = Asked(parts.path, dict(parse_qsl(parts.query)), headers, dict(parse_qsl(body)))
        self.asked.append(asked)
        try:
            said: Any = self._answer(asked)
            if isinstance(said, Sound):
                return said.status, said.headers, said.body
            return 200, {"content-type": "application/json"}, json.dumps(said).encode()
        except Refused as refused:
            more = {name.replace("_", "-"): value for name, value in refused.headers.items()}
            return refused.status, more, json.dumps(refused.body).encode()

    def _answer(self, asked: Asked) -> Any:
        for piece, answers in self.spoilt.items():
            if piece in asked.path and answers:
                raise answers.pop(0)
        for pattern, answer in self._routes():
            if match := re.fullmatch(pattern, asked.path):
                return answer(asked, *match.groups())
        raise Refused(404, {"message": "Not Found"})

    def _routes(self) -> Sequence[tuple[str, Callable[..., Any]]]:
        return (
            (f"{WORK}/v1/oauth/token", self._records_token),
            (f"{WORK}/v2/call-records", self._records),
            (f"{WORK}/v2/call-legs", self._legs),
            (f"{WORK}/v2/pbxes/", self._pbxes),
            (f"{WORK}/v2/pbxes/([^/]+)/agents", self._agents),
            (f"{WORK}/v2/pbxes/([^/]+)/agent-activity", self._activity),
            ("/oauth/v2/token", self._storage_token),
            ("/storage/([a-z-]+)/v3/regions", self._regions),
            ("/storage/([a-z-]+)/v3/objects", self._objects),
            ("/storage/([a-z-]+)/v3/objects/([^/]+)/content", self._content),
        )

    # Tokens.

    def _key(self, asked: Asked) -> None:
        """[HIST], 400. That an expired key is answered like a wrong one is a [guess]."""
        if asked.headers.get("8x8-apikey") != self.key:
            hint = "Please provide valid apikey. If you don't have one, please sign up and create a developer account"
            details = [{"type": "invalidValue", "location": "header", "path": ["8x8-apikey"], "hint": hint}]
            raise Refused(400, {"status": 400, "message": "Invalid 8x8-apikey", "code": "SHA001", "details": details})

    def _records_token(self, asked: Asked) -> Row:
        """[CDR]; the refusal of a user is [HIST], 400."""
        self._key(asked)
        if (asked.form.get("username"), asked.form.get("password")) != (self.user, self.password):
            raise Refused(400, {"error_description": "USER_NOTFOUND_ERROR", "error": "invalid_grant"})
        return {"access_token": self._token(1800), "token_type": "bearer", "expires_in": 1800}

    def _storage_token(self, asked: Asked) -> Row:
        """[OAUTH]. How a wrong secret is refused is not documented; [guess]: 401, as OAuth 2.0 has it."""
        basic = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {basic}":
            raise Refused(401, {"error": "invalid_client"})
        assert asked.form == {"grant_type": "client_credentials"}
        return {
            "access_token": self._token(1799),
            "token_type": "BearerToken",
            "api_product_list": f"[{', '.join(self.products)}]",
            "status": "approved",
            "expires_in": "1799",
            "issued_at": str(millis(self.now())),
            "api_product_list_json": self.products,
        }

    def _token(self, lasts: int) -> str:
        token = f"token-{next(self._numbers)}"
        self._tokens[token] = self.now() + timedelta(seconds=lasts)
        return token

    def forget_tokens(self) -> None:
        """They die earlier than promised."""
        self._tokens.clear()

    def _bearer(self, asked: Asked) -> None:
        """[HIST] and [WORK], 401."""
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, self.now()) <= self.now():
            raise Refused(401, {"error": "invalid_token", "error_description": f"Access token expired: {token}"})

    def _work(self, asked: Asked) -> None:
        self._key(asked)
        self._bearer(asked)
        if not self.may_see:
            says = f"user({self.user}) does not have access to pbxId({PBX}) to make this request."
            body = {"status": 403, "error": "Access Denied", "exception": says, "message": says, "path": asked.path}
            raise Refused(403, body)

    # Call records and legs.

    def _records(self, asked: Asked) -> Row:
        return self._scrolled(asked, self._due(self.ledger.records), self.records_by)

    def _legs(self, asked: Asked) -> Row:
        """[LEGS]: without `isConnectTime` the time of disconnecting counts."""
        return self._scrolled(asked, self._due(self.ledger.legs), "disconnectedTimeUTC")

    def _due(self, told: Sequence[Told]) -> list[Row]:
        return [each.row for each in told if each.at <= self.now()]

    def _scrolled(self, asked: Asked, rows: Sequence[Row], by: str) -> Row:
        """[CDR], pagination: total and a scrollId on every page, and after the last one “No Data”, with a total of 0."""
        self._work(asked)
        start, end, size = self._window(asked)
        found = [row for row in rows if start <= row[by] <= end]
        offset = self._offset(asked)
        page = found[offset : offset + size]
        if not page:
            return {"meta": {"totalRecordCount": 0, "scrollId": "No Data"}, "data": []}
        scroll = self._scroll(asked, offset, offset + len(page))
        meta = {"totalRecordCount": len(found)} | ({} if self.hides_scroll else {"scrollId": scroll})
        return {"meta": meta, "data": page}

    def _window(self, asked: Asked) -> tuple[int, int, int]:
        """[CDR], query. How a missing parameter is refused is a [guess]."""
        missing = {"pbxId", "startTime", "endTime", "timeZone", "pageSize"} - asked.query.keys()
        if missing or not 1 <= int(asked.query["pageSize"]) <= self.most_rows:
            raise Refused(400, {"status": 400, "message": f"wrong or missing: {sorted(missing) or 'pageSize'}"})
        if asked.query["pbxId"] not in (PBX, "allpbxes"):
            self.may_see = False
            self._work(asked)
        zone = ZoneInfo(asked.query["timeZone"])
        times = (datetime.strptime(asked.query[name], "%Y-%m-%d %H:%M:%S") for name in ("startTime", "endTime"))
        start, end = (millis(each.replace(tzinfo=zone)) for each in times)
        return start, end, min(int(asked.query["pageSize"]), self.page)

    def _offset(self, asked: Asked) -> int:
        """[guess]: a scrollId that is not known any more is a 404."""
        scroll = asked.query.get("scrollId")
        if scroll is None:
            return 0
        if self.forgets_scrolls:
            self.forgets_scrolls -= 1
            raise Refused(404, {"status": 404, "message": "scroll not found"})
        return int(base64.b64decode(scroll).decode().split("_")[1])

    def _scroll(self, asked: Asked, offset: int, after: int) -> str:
        """With `repeats`, the same page comes again so often before the next."""
        key = f"{asked.path}{asked.query['startTime']}{offset}"
        again = self._repeated.get(key, 0) < self.repeats
        self._repeated[key] = self._repeated.get(key, 0) + 1
        return base64.b64encode(f"supertenantcsm_{offset if again else after}_1".encode()).decode()

    # People, and what they do.

    def _pbxes(self, asked: Asked) -> Row:
        """[CUST]."""
        self._key(asked)
        self._bearer(asked)
        return _paged({"pbxList": [{"id": PBX_ID, "name": PBX, "deleted": False}]}, 1)

    def _agents(self, asked: Asked, pbx: str) -> Row:
        """[CUST]: the example calls the list `agentList`, the schema `queueList`."""
        self._work(asked)
        each = [
            {"id": f"a-{line}", "pbxId": pbx, "firstName": first, "lastName": last, "extension": line, "deleted": False}
            for line, (first, last) in self.agents.items()
        ]
        number, size = int(asked.query.get("page", 0)), int(asked.query.get("size", 50))
        return _paged({"agentList": each[number * size : (number + 1) * size]}, -(-len(each) // size), number)

    def does(self, line: str, number: str = "", caller: str = "", **counts: int) -> None:
        """An agent of a queue handles an interaction, or none. [WORK]: the fields."""
        first, last = self.agents.get(line, ("", ""))
        self.doing[line] = {
            "userId": f"u-{line}",
            "agentExtension": line,
            "agentName": f"{first} {last}".strip(),
            "loggedInQueues": ["1002"],
            "userStatus": "ON_CALL" if number else "AVAILABLE",
            "activityStatus": "NEW" if number else "AVAILABLE_IDLE",
            "metrics": {"ongoingHandlingInteractions": int(bool(number)), **counts},
        }
        if number:
            self.doing[line]["interaction"] = {"caller": caller, "address": number}

    def _activity(self, asked: Asked, pbx: str) -> Row:
        """[WORK]: the schema has one list, the example one for each queue."""
        self._work(asked)
        doing = list(self.doing.values())
        if self.activity_by_queue:
            return {"queuesAgentActivity": [{"pbx": PBX, "queueName": "Sales", "agentActivity": doing}]}
        return {"agentActivity": doing, "summary": {}}

    # Recordings.

    def _regions(self, asked: Asked, region: str) -> list[str]:
        self._storage(asked)
        return self.regions

    def _storage(self, asked: Asked) -> None:
        self._bearer(asked)
        if not self.may_read_storage:
            raise Refused(403, {"message": "Forbidden"})

    def _objects(self, asked: Asked, region: str) -> Row:
        """[CSS]: `pageKey` is an offset, and grows on the last page, too."""
        self._storage(asked)
        match = re.fullmatch(r"type==callrecording;updatedTime=ge=(\d{13})", asked.query.get("filter", ""))
        limit = int(asked.query.get("limit", 100))
        if match is None or not 1 <= limit <= 100:
            raise Refused(400, {"message": "this fake knows one filter, and limits up to 100"})
        since = int(match[1])
        due = [each for each in self.ledger.kept(self.now()) if millis(each.at) >= since]
        found = [each.row for each in due if each.row["region"] == region]
        offset = int(asked.query.get("pageKey", 0))
        content = [
            {name: value for name, value in row.items() if name != "region"} for row in found[offset : offset + limit]
        ]
        last = offset + limit >= len(found)
        return {"lastPage": last, "pageKey": offset + limit, "pageSize": len(content), "content": content}

    def _content(self, asked: Asked, region: str, object_id: str) -> Sound:
        """`GET …/objects/{id}/content` of [CSS]'s reference. [guess]: 404 for what is deleted, or was never there."""
        self._storage(asked)
        kept = [each.row for each in self.ledger.kept(self.now())]
        found = next((row for row in kept if (row["region"], row["id"]) == (region, object_id)), None)
        if found is None:
            raise Refused(404, {"message": "Object not found"})
        headers, whole = {"content-type": found["mimeType"]}, self.sound
        part = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.headers.get("range", "")) if self.gives_parts else None
        if part is None:
            return Sound(200, headers, whole)
        first, last = _part(part[1], part[2], len(whole))
        if first > last:
            raise Refused(416, {"message": "Range not satisfiable"}, content_range=f"bytes */{len(whole)}")
        headers |= {"content-range": f"bytes {first}-{last}/{len(whole)}", "accept-ranges": "bytes"}
        return Sound(206, headers, whole[first : last + 1])


def _part(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last or 0)), size - 1
    return int(first), min(int(last or size), size - 1)


def _paged(embedded: Row, pages: int, number: int = 0) -> Row:
    return {"_embedded": embedded, "_links": {}, "page": {"size": 50, "totalPages": pages, "number": number}}
