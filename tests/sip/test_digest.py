import httpx
import pytest
from tests.sip.messages import asked

from offhook.sip.digest import LIVES, MOST_NONCES, Digest, Proof, authorization, credentials
from offhook.sip.message import Request

NOW = 1_000_000.0


def signed(digest: Digest, password: str = "7391", *, at: float = NOW, algorithm: int = -1, count: int = 1) -> Request:
    challenge = digest.challenges(at)[algorithm][1]
    return with_proof(asked(), authorization(asked(), challenge, "201", password, count))


def with_proof(request: Request, proof: tuple[str, str]) -> Request:
    return Request((*request.headers, proof), request.body, request.method, request.uri)


def changed(request: Request, old: str, new: str) -> Request:
    value = request.first("authorization")
    assert old in value
    return with_proof(asked(), ("authorization", value.replace(old, new)))


@pytest.fixture
def digest() -> Digest:
    return Digest("offhook")


def test_the_last_challenge_is_md5_which_is_all_that_jssip_and_sip_js_know(digest: Digest) -> None:
    assert ["algorithm=MD5" in value for _, value in digest.challenges(NOW)] == [False, True]


@pytest.mark.parametrize("algorithm", [0, 1])
def test_whoever_knows_the_password_proves_it(digest: Digest, algorithm: int) -> None:
    assert digest.prove(signed(digest, algorithm=algorithm), "201", ["other", "7391"], NOW) is Proof.RIGHT


def test_the_example_of_rfc_2617_is_right_here_too() -> None:
    said = (
        'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", '
        'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    request = with_proof(Request((), "", "GET", "/dir/index.html"), ("authorization", said))
    digest = Digest("testrealm@host.com")
    # Stale: the password is right, and the nonce is none of ours.
    assert digest.prove(request, "Mufasa", ["Circle Of Life"], NOW) is Proof.STALE
    assert digest.prove(request, "Mufasa", ["Circle of life"], NOW) is Proof.WRONG


@pytest.mark.parametrize("algorithm", [0, 1])
def test_a_stranger_that_knows_digest_is_believed(digest: Digest, algorithm: int) -> None:
    flow = httpx.DigestAuth("201", "7391").auth_flow(httpx.Request("GET", "http://offhook.invalid/x"))
    challenge = httpx.Response(401, headers=[digest.challenges(NOW)[algorithm]], request=next(flow))
    said = flow.send(challenge).headers["authorization"]
    request = with_proof(Request((), "", "GET", "/x"), ("authorization", said))
    assert digest.prove(request, "201", ["7391"], NOW) is Proof.RIGHT


def test_a_wrong_password_proves_nothing(digest: Digest) -> None:
    assert digest.prove(signed(digest, "0000"), "201", ["7391"], NOW) is Proof.WRONG
    assert digest.prove(signed(digest), "201", [], NOW) is Proof.WRONG
    assert digest.prove(signed(digest), "202", ["7391"], NOW) is Proof.WRONG
    assert digest.prove(asked(), "201", ["7391"], NOW) is Proof.NONE


def test_a_proof_counts_once(digest: Digest) -> None:
    proof = signed(digest)
    assert digest.prove(proof, "201", ["7391"], NOW) is Proof.RIGHT
    assert digest.prove(proof, "201", ["7391"], NOW) is Proof.STALE


def test_a_nonce_may_be_used_again_with_a_higher_count(digest: Digest) -> None:
    challenge = digest.challenges(NOW)[0][1]
    proofs = [with_proof(asked(), authorization(asked(), challenge, "201", "7391", count)) for count in (1, 3, 2)]
    results = [digest.prove(proof, "201", ["7391"], NOW) for proof in proofs]
    assert results == [Proof.RIGHT, Proof.RIGHT, Proof.STALE]


def test_a_nonce_grows_old_and_none_comes_from_the_future(digest: Digest) -> None:
    proof = signed(digest)
    assert digest.prove(proof, "201", ["7391"], NOW + LIVES + 1) is Proof.STALE
    assert digest.prove(proof, "201", ["7391"], NOW - 10) is Proof.STALE
    assert digest.prove(proof, "201", ["7391"], NOW + LIVES) is Proof.RIGHT


def test_a_nonce_of_somebody_else_is_stale(digest: Digest) -> None:
    assert digest.prove(signed(Digest("offhook")), "201", ["7391"], NOW) is Proof.STALE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("uri=", "url="),
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=zzzzzzzz"),
        ("algorithm=MD5", "algorithm=MD5-sess"),
        ("qop=auth", "qop=auth-int"),
        ("Digest ", "Basic "),
        ('realm="offhook"', 'realm="elsewhere"'),
        ('uri="sip:offhook.invalid"', 'uri="sip:other.invalid"'),
        ("username=", "user="),
        ('response="', 'response="ü'),
    ],
)
def test_a_proof_that_was_changed_is_none(digest: Digest, old: str, new: str) -> None:
    proof = changed(signed(digest), old, new)
    assert digest.prove(proof, "201", ["7391"], NOW) in (Proof.WRONG, Proof.NONE)


def test_what_is_kept_is_bounded_and_no_replay_slips_through(digest: Digest) -> None:
    first = signed(digest)
    assert digest.prove(first, "201", ["7391"], NOW) is Proof.RIGHT
    for _ in range(MOST_NONCES):
        digest.prove(signed(digest), "201", ["7391"], NOW)
    assert len(digest._used) <= MOST_NONCES
    assert digest.prove(first, "201", ["7391"], NOW) is Proof.STALE


def test_rubbish_is_no_proof() -> None:
    for value in ("", "Digest", "Digest ,,,", 'Digest username="', "Digest " + "a=b," * 2000, "Bearer x"):
        assert credentials(with_proof(asked(), ("authorization", value))) is None
