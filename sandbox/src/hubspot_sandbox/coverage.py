"""COVERAGE.md: what each endpoint promises, made from the routes. `python -m hubspot_sandbox.coverage` prints it.

`--check FILE` exits with 1 unless the file holds just that.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from litestar import Litestar

from hubspot_sandbox.openapi import Endpoint, area, endpoints

ABSENT = {
    "calling extensions": "the host of calling widgets on record pages",
    "lists": "scheduled conversions, size history, legacy ids; filters on events, forms, e-mails and pages",
    "properties": "calculations, sensitive data, validation rules",
    "associations": "custom labels, batch archive",
    "user provisioning": "create, change, delete users (the pages can); the teams API of 2026-09",
    "custom objects, schemas": "object types of an account's own",
    "engagements": "e-mails, meetings, communications, postal mail",
    "commerce": "line items, products, quotes, orders, invoices, payments",
    "pipelines": "the stages are fixed, and are options of properties",
    "timeline events, imports, exports, limits tracking": "",
    "marketing, CMS, conversations, files, automation, events, audit logs": "",
}
"""What HubSpot has and the sandbox has not."""
HEAD = """# What the sandbox covers

Made from the routes by `python -m hubspot_sandbox.coverage`; do not edit it by hand.

- **faithful**: requests, answers and refusals are those of the source, and tests hold them. Guesses inside are marked in
  the docstrings and listed in the [README](README.md#known-differences-and-guesses).
- **shape only**: the answer has the right form; what happens behind it is less than in HubSpot.
- **absent**: HubSpot has it, the sandbox answers 404.

Sources: `spec` is HubSpot's public API description, `sdk` its client libraries; S-numbers are pages, listed below.
"""
SOURCES = {
    "S2": "https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens",
    "S11": "https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm",
    "S40": "https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis",
    "S43": "https://developers.hubspot.com/docs/api-reference/latest/crm/activities/calls/guide",
    "S44": "https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide",
    "S45": "https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide",
    "S46": "https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide",
    "S47": "https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide",
    "S48": "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
    "S50": (
        "https://developers.hubspot.com/docs/api-reference/latest/crm/extensions/calling-extensions"
        "/recordings-and-transcriptions"
    ),
    "S52": "https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide",
    "S53": "https://github.com/scopiousdigital/kalup",
    "S54": "https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide",
    "S55": "https://developers.hubspot.com/docs/api-reference/latest/crm/lists/filters/guide",
}


def page(app: Litestar) -> str:
    """The whole page, as Markdown."""
    found = endpoints(app)
    absent = [f"| {what} | {detail} |" for what, detail in sorted(ABSENT.items())]
    sources = [f"- {key}: <{url}>" for key, url in SOURCES.items()]
    return "\n".join(
        [
            HEAD,
            *_tables(found),
            "## Absent",
            "",
            "| area | what |",
            "| --- | --- |",
            *absent,
            "",
            "## Sources",
            "",
            *sources,
            "",
        ]
    )


def _tables(found: list[Endpoint]) -> Iterator[str]:
    for name, group in groupby(found, key=lambda each: area(each.path)):
        yield f"## {name}\n"
        yield "| endpoint | versions | coverage | source | known differences |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(each) for each in group)
        yield ""


def _row(each: Endpoint) -> str:
    says, versions = each.says, [*each.versions, *_older(each)]
    cells = (f"`{each.method} {each.path}`", " ".join(versions), says.fidelity, says.source, says.differs)
    return f"| {' | '.join(cells)} |"


def _older(each: Endpoint) -> list[str]:
    """The older versions that answer too, as `v3`."""
    older = [next((part for part in path.split("/") if part in ("v1", "v2", "v3", "v4")), "") for path in each.legacy]
    return [version for version in dict.fromkeys(older) if version and version not in each.versions]


def main(arguments: list[str]) -> int:
    from hubspot_sandbox.app import create_app
    from hubspot_sandbox.portal import Portal

    text = page(create_app(Portal()))
    if arguments[:1] != ["--check"]:
        sys.stdout.write(text)
        return 0
    return int(Path(arguments[1]).read_text() != text)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
