"""The reports of `offhook doctor`, for people and for machines (docs/reference/doctor.md)."""

from collections.abc import Iterator, Sequence

import msgspec

from offhook import __version__
from offhook.diagnosis.report import Check, Who
from offhook.examination.examination import Examined

_MARKS = {"pass": "✓", "fail": "✗", "could-not-ask": "?"}
_OFF = "–"
_WHO: dict[Who, str] = {
    "agent": "the agent",
    "administrator": "an administrator of the HubSpot account",
    "operator": "whoever runs Offhook",
    "hubspot": "HubSpot",
    "nobody": "nobody needs to",
}


def exit_code(examined: Sequence[Examined]) -> int:
    """1 when anything fails that one cannot work without."""
    checks = (check for each in examined for check in each.report.checks)
    return 1 if any(check.state == "fail" and not check.minor for check in checks) else 0


def as_json(examined: Sequence[Examined]) -> str:
    body = {"version": __version__, "ok": not exit_code(examined), "reports": examined}
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()


def as_text(examined: Sequence[Examined]) -> str:
    return "\n\n".join("\n".join(_lines(each)) for each in examined)


def _lines(examined: Examined) -> Iterator[str]:
    report = examined.report
    if examined.agent:
        yield f"{examined.agent}{f' in account {examined.account_id}' if examined.account_id else ''}"
    yield f"{report.title}. {report.says}"
    yield ""
    for check in report.checks:
        yield f"{_mark(check)} {check.name}: {check.says}"
        if check.remedy and check.state != "pass":
            yield f"    → {check.remedy}{f' ({_WHO[check.who]})' if check.who else ''}"


def _mark(check: Check) -> str:
    """What one can work without is off, and not broken."""
    return _OFF if check.state == "fail" and check.minor else _MARKS[check.state]
