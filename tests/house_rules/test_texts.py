"""What no file may hold: the address of a package registry, a path of somebody's machine, a secret.

The patterns are put together from pieces, so that this file holds none of them either.
"""

import re
from collections.abc import Iterator

from tests.house_rules.repository import files, name_of, text_of


def joined(*pieces: str) -> str:
    return "".join(pieces)


HOSTS = (
    joined("py", "pi.org"),
    joined("python", "hosted.org"),
    joined("npm", "js.org"),
    joined("npm", "js.com"),
    joined("npm", "mirror.com"),
    joined("yarn", "pkg.com"),
    joined("cra", "tes.io"),
    joined("proxy.go", "lang.org"),
    joined("ruby", "gems.org"),
    joined("repo.maven", ".apache.org"),
    joined("repo1.maven", ".org"),
    joined("deb.deb", "ian.org"),
    joined("archive.ubu", "ntu.com"),
    joined("registry-1.dock", "er.io"),
    joined("pkg.git", "hub.com"),
    joined("conda.ana", "conda.org"),
)
# A registry of somebody's own: its usual names, and the lines in which tools write any registry down.
REGISTRY = re.compile(
    "|".join(
        (
            *map(re.escape, HOSTS),
            joined(r"\bartifact", r"ory\b"),
            joined(r"\bdevp", r"i\."),
            joined(r"(?:index|registry|find-links|mirror)", r"(?:[-_ ]?url)?[\"']?\s*[=:]\s*[\"']?(?:https?:)?//"),
            joined(r"(?:index|registry|find-links)", r"(?:[-_ ]?url)?\s+https?://"),
            joined(r"\"resol", r"ved\":\s*\"https?:"),
            joined(r"https?://[^\s\"'<>]+/sim", r"ple(?:/|\b)"),
        )
    ),
    re.IGNORECASE,
)

MACHINE = re.compile(
    "|".join(
        (
            joined(r"(?<![\w.}/:-])/wo", r"rk/"),
            joined(r"(?<![\w.}/:-])/ro", r"ot(?:/|\b)"),
            joined(r"(?<![\w.}/:-])/ho", r"me/(?!offhook/)\w"),
            joined(r"(?<![\w.}/:-])/Use", r"rs/\w"),
            joined(r"\b[A-Z]:\\Use", r"rs\\"),
            joined(r"/tmp/ba", r"sh_jobs"),
        )
    )
)

SECRET = re.compile(
    "|".join(
        (
            joined(r"-----BEGIN [A-Z ]*PRIV", r"ATE KEY-----"),
            joined(r"\bpat-(?:na|eu|ap)\d+-", r"[0-9a-f]{8}-"),
            joined(r"\bgh[pousr]_", r"[A-Za-z0-9]{30}"),
            joined(r"\bgithub_pat_", r"[A-Za-z0-9_]{30}"),
            joined(r"\bAKI", r"A[0-9A-Z]{16}\b"),
            joined(r"\bxox[abp]-", r"\d+-"),
            joined(r"\beyJ", r"[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
            joined(r"\beght_", r"[A-Za-z0-9]{16}"),
        )
    )
)
SECRET_FILES = re.compile(
    r"(^|/)(secret\.key|\.env(\..+)?|\.npmrc\.local|\.pypirc|\.netrc|id_(rsa|ed25519)|.+\.p(12|fx))$"
)


def places(pattern: re.Pattern[str]) -> Iterator[str]:
    """Where a pattern is found: `docs/x.md:3: what was found`."""
    for path in files():
        text = text_of(path)
        for found in pattern.finditer(text) if text else ():
            line = text.count("\n", 0, found.start()) + 1 if text else 0
            yield f"{name_of(path)}:{line}: {found[0]}"


def test_no_file_records_a_package_registry() -> None:
    found = list(places(REGISTRY))
    assert not found, (
        "Whoever installs Offhook brings their own package registry, so no file may name one. Pin packages by version "
        "and hash only (`make pin`), keep `omit-lockfile-registry-resolved` in browser/.npmrc, and name a project's page "
        "instead of its package.\n" + "\n".join(found[:20])
    )


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    found = list(places(MACHINE))
    assert not found, "Write paths relative to the repository, or ask the system for them.\n" + "\n".join(found[:20])


def test_no_file_holds_a_secret() -> None:
    found = [*places(SECRET), *(name_of(path) for path in files() if SECRET_FILES.search(name_of(path)))]
    assert not found, (
        "This looks like a real secret. Take it out, and revoke it if it ever was one; for a test, write one that nobody "
        "could take for real.\n" + "\n".join(each.split(": ")[0] for each in found[:20])
    )


def test_the_patterns_notice_what_they_forbid() -> None:
    addresses = (
        joined("https://files.python", "hosted.org/x"),
        joined("--index", "-url https://packages.example/x"),
        joined("registry", "=https://packages.example/"),
        joined("[[tool.uv.index]]\nurl = 'https://packages.example/sim", "ple/'"),
        joined('"resol', 'ved": "https://packages.example/a.tgz"'),
    )
    assert all(REGISTRY.search(each) for each in addresses)
    assert not REGISTRY.search("docs/README.md is an index: see https://example.com, and --no-emit-index-url")
    assert MACHINE.search(joined("cd /wo", "rk/main"))
    assert not MACHINE.search(joined("api.example/analytics/wo", "rk/v2"))
    assert SECRET.search(joined("pat-na1-", "0123abcd-0000"))
    assert not SECRET.search(joined("pat-", "sandbox-demo"))
    assert SECRET_FILES.search("deploy/.env")
    assert not SECRET_FILES.search("docs/env.md")
