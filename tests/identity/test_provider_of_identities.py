"""People whom a provider of identities vouches for: a real provider, real keys, and what attackers try."""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import text, update
from starlette.testclient import TestClient

from app.accounts import commands, identity, queries, sign_in
from app.accounts.identity import IdentityRefused
from app.accounts.models import Account, BrowserSession, Role
from app.main import create_app
from app.settings import Settings
from app.web.deps import RecentlyProved
from tests.clock import set_clock
from tests.conftest import NOW
from tests.demonstrated import build_assets
from tests.identity import oidc

SESSION = "/api/v1/session"
ROLES = {"Papers.Secretary": "board-secretary", "Papers.Author": "report-author"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory, cannot_run):
    oidc.packages(cannot_run)
    made = oidc.Provider(tmp_path_factory.mktemp("provider"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def app(provider, database, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings = Settings(
        data=tmp_path,
        database_url=database_url,
        oidc_issuer=provider.issuer,
        oidc_client_id=oidc.CLIENT,
        oidc_client_secret=oidc.SECRET,
        oidc_roles=ROLES,
        _env_file=None,
    )
    app = create_app(settings)

    @app.post("/api/v1/decide")
    def decide(who: RecentlyProved) -> str:
        return who.key

    yield app
    app.state.premises.database.dispose()


@pytest.fixture
def browser(app):
    return a_browser(app)


def a_browser(app):
    return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)


def leave(browser, **asked):
    answer = browser.get("/sign-in/identity", params=asked)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def signed_in(browser, provider, **asked):
    return browser.get(provider.follow(leave(browser, **asked)))


def changed(address, **values):
    parts = urlsplit(address)
    query = {name: value for name, (value,) in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


def test_the_page_leads_to_the_provider_and_back_to_where_one_was_going(browser, provider, cannot_run):
    build_assets(cannot_run)
    provider.person("4711", name="Report Author", roles=["Papers.Author"])
    page = browser.get("/keyboard?x=1", headers={"Accept": "text/html"})
    assert page.status_code == 200, "what is for everybody asks for nobody"

    page = browser.get(browser.get("/workstreams?q=a b", headers={"Accept": "text/html"}).headers["location"])
    (address,) = re.findall(r'href="(/sign-in/identity[^"]*)"', page.text)
    back = browser.get(provider.follow(browser.get(address).headers["location"]))

    assert (back.status_code, back.headers["location"]) == (303, "/workstreams?q=a%20b")
    assert browser.get("/workstreams?q=a b").status_code == 200


def test_a_person_with_a_role_there_gets_an_account_here(browser, provider, database):
    provider.person("4711", name="Board Secretary", roles=["Papers.Secretary", "Other.Thing"])
    back = signed_in(browser, provider)
    assert (back.status_code, back.headers["location"]) == (303, "/")
    said = browser.get(SESSION).json()
    assert (said["account"]["role"], said["account"]["name"]) == ("board-secretary", "Board Secretary")
    assert said["sign_out_at"].startswith(f"{provider.issuer}/session/end?client_id=boardpapers")
    key = said["account"]["key"]
    assert signed_in(browser, provider).status_code == 303
    assert browser.get(SESSION).json()["account"]["key"] == key
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM account")) == 1
        assert session.scalar(text("SELECT count(*) FROM browser_session")) == 1
        assert session.scalar(text("SELECT count(*) FROM journey")) == 0


def test_the_provider_is_asked_with_pkce_state_and_nonce(browser):
    asked = {name: value for name, (value,) in parse_qs(urlsplit(leave(browser)).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == (
        "code",
        "S256",
        "openid profile",
    )
    again = {name: value for name, (value,) in parse_qs(urlsplit(leave(browser)).query).items()}
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) == 43
        assert asked[name] != again[name]
    kept = browser.cookies["boardpapers-journey"]
    assert kept not in "".join(again.values())


def test_a_role_follows_the_provider_but_never_to_administrator(browser, provider, database):
    provider.person("1", name="Ada", roles=["Papers.Author"])
    signed_in(browser, provider)
    provider.person("1", name="Ada", roles=["Papers.Secretary", "administrator", "Papers.Administrator"])
    signed_in(browser, provider)
    assert browser.get(SESSION).json()["account"]["role"] == "board-secretary"
    for roles in ([], ["administrator"], "Papers.Author", None):
        provider.person("1", name="Ada", roles=roles)
        refused = signed_in(a_browser(browser.app), provider)
        assert (refused.status_code, "no role" in refused.json()["detail"]) == (403, True), roles
    with pytest.raises(ValueError, match="must be among"):
        Settings(oidc_roles={"Papers.Admin": "administrator"}, _env_file=None)


def test_an_account_that_was_linked_is_the_persons_own(browser, provider, database):
    with database.writing() as session:
        account = commands.open_account(
            session, key="ada", name="Ada", role=Role.ADMINISTRATOR, organisation_id=None, by="x", now=NOW
        )
        sign_in.link(session, account, provider.issuer, "9", by="x", now=NOW)
    provider.person("9", name="Somebody else by name", roles=[])
    assert signed_in(browser, provider).status_code == 303
    said = browser.get(SESSION).json()["account"]
    assert (said["key"], said["role"]) == ("ada", "administrator")
    provider.person("10", name="Ada", preferred_username="ada", roles=["Papers.Author"])
    other = a_browser(browser.app)
    signed_in(other, provider)
    assert other.get(SESSION).json()["account"]["key"] != "ada", "names and addresses open nothing"
    with database.writing() as session:
        other_account = queries.get(session, other.get(SESSION).json()["account"]["key"])
        with pytest.raises(sign_in.IdentityIsTaken, match="“ada”"):
            sign_in.link(session, other_account, provider.issuer, "9", by="x", now=NOW)


def test_an_account_that_is_shut_stays_shut(browser, provider, database):
    provider.person("5", name="Ada", roles=["Papers.Author"])
    signed_in(browser, provider)
    with database.writing() as session:
        commands.disable(session, queries.get(session, browser.get(SESSION).json()["account"]["key"]), by="x", now=NOW)
    assert signed_in(a_browser(browser.app), provider).status_code == 403


@pytest.fixture
def ada(provider):
    provider.person("1", name="Ada", roles=["Papers.Author"])


def refused(answer, sentence):
    assert answer.status_code == 403, answer.text
    assert sentence in answer.json()["detail"]


def test_another_state_is_refused(browser, provider, ada):
    back = provider.follow(leave(browser))
    for state in ("x" * 43, "é", ""):
        refused(browser.get(changed(back, state=state)), "not begun in this browser")
    assert browser.get(back).status_code == 303


def test_what_was_begun_in_another_browser_is_refused(app, browser, provider, ada):
    victim = a_browser(app)
    attackers = provider.follow(leave(browser))
    refused(victim.get(attackers), "not begun in this browser")
    leave(victim)
    refused(victim.get(attackers), "not begun in this browser")
    assert victim.get(SESSION).status_code == 401


def test_nobody_comes_back_twice(app, browser, provider, ada):
    journey = leave(browser)
    kept = browser.cookies["boardpapers-journey"]
    back = provider.follow(journey)
    assert browser.get(back).status_code == 303
    thief = a_browser(app)
    thief.cookies.set("boardpapers-journey", kept, domain="127.0.0.1", path="/")
    refused(thief.get(back), "over, or took too long")


def test_a_code_of_another_journey_is_refused_by_its_verifier(app, browser, provider, ada):
    theirs = provider.follow(leave(a_browser(app)))
    own = provider.follow(leave(browser))
    (code,) = parse_qs(urlsplit(theirs).query)["code"]
    refused(browser.get(changed(own, code=code)), "does not know this sign-in")


def test_a_code_that_was_used_is_refused(app, browser, provider, ada):
    back = provider.follow(leave(browser))
    (code,) = parse_qs(urlsplit(back).query)["code"]
    assert browser.get(back).status_code == 303
    refused(browser.get(changed(provider.follow(leave(browser)), code=code)), "does not know this sign-in")


def test_another_nonce_is_refused(browser, provider, ada):
    back = provider.follow(changed(leave(browser), nonce="n" * 43))
    refused(browser.get(back), "no answer to us")
    assert browser.get(SESSION).status_code == 401


def test_a_refusal_there_is_a_refusal_here(browser, provider, ada):
    (state,) = parse_qs(urlsplit(leave(browser)).query)["state"]
    answer = browser.get("/sign-in/identity/back", params={"state": state, "error": "access_denied"})
    refused(answer, "refused: access_denied")


def test_a_journey_of_ten_minutes_is_too_long(app, browser, provider, ada):
    back = provider.follow(leave(browser))
    set_clock(app, lambda: datetime.now(UTC) + timedelta(minutes=10))
    refused(browser.get(back), "took too long")


def test_an_identity_that_has_expired_is_refused(app, browser, provider, ada):
    set_clock(app, lambda: datetime.now(UTC) + timedelta(days=1))
    refused(signed_in(browser, provider), "expired")


def test_a_provider_that_changes_its_keys_goes_on_vouching(browser, provider, ada):
    assert signed_in(browser, provider).status_code == 303
    provider.stop()
    provider.start()
    provider.person("1", name="Ada", roles=["Papers.Author"])
    assert signed_in(browser, provider).status_code == 303


def test_a_provider_that_does_not_answer_is_named_and_opens_nothing(browser, provider, ada):
    back = provider.follow(leave(browser))
    provider.stop()
    answer = browser.get(back)
    provider.start()
    assert (answer.status_code, "does not answer as it must" in answer.json()["detail"]) == (503, True)
    assert browser.get(SESSION).status_code == 401


def test_a_decision_asks_the_provider_for_a_fresh_proof(app, browser, provider, ada, database):
    signed_in(browser, provider)
    csrf = {"X-CSRF-Token": browser.get(SESSION).json()["csrf"]}
    assert browser.post("/api/v1/decide", headers=csrf).status_code == 200
    with database.writing() as session:
        session.execute(update(BrowserSession).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))
    assert browser.post("/api/v1/decide", headers=csrf).status_code == 403
    before = browser.cookies["boardpapers"]

    asked = parse_qs(urlsplit(leave(browser, prove=1)).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    provider.person("2", name="Bob", roles=["Papers.Author"])
    refused(signed_in(browser, provider, prove=1), "Somebody else")
    provider.person("1", name="Ada", roles=["Papers.Author"])
    assert signed_in(browser, provider, prove=1).status_code == 303
    assert browser.cookies["boardpapers"] != before
    csrf = {"X-CSRF-Token": browser.get(SESSION).json()["csrf"]}
    assert browser.post("/api/v1/decide", headers=csrf).status_code == 200


def test_an_old_proof_is_none():
    account = Account(key="ada", issuer="i", subject="s")

    def vouched(proved_at):
        return identity.Identity(issuer="i", subject="s", name="", roles=(), proved_at=proved_at)

    sign_in.check_proof(account, vouched(NOW), begun_at=NOW)
    for proved_at in (None, NOW - timedelta(minutes=2)):
        with pytest.raises(IdentityRefused, match="just proved"):
            sign_in.check_proof(account, vouched(proved_at), begun_at=NOW)


# What the real provider would never sign


KEY = RSAKey.generate_key(2048, parameters={"kid": "a"})
KEYS = KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})
MOMENT = int(NOW.timestamp())
CLAIMS = {
    "iss": "https://issuer.example",
    "aud": "us",
    "sub": "1",
    "nonce": "n",
    "iat": MOMENT,
    "exp": MOMENT + 300,
    "roles": ["Papers.Author"],
}


def read(claims, header=None, key=KEY):
    token = jwt.encode({"alg": "RS256", "kid": "a"} | (header or {}), claims, key, algorithms=["RS256", "PS256"])
    return identity.identity_in(identity.claims_in(token, KEYS), "https://issuer.example", "us", "n", now=NOW)


def test_what_is_right_is_taken():
    assert read(CLAIMS).subject == "1"
    assert read(CLAIMS | {"aud": ["us"]}).roles == ("Papers.Author",)
    assert read(CLAIMS | {"auth_time": MOMENT - 5}).proved_at == NOW - timedelta(seconds=5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"iss": "https://issuer.example/"}, "another provider"),
        ({"aud": "them"}, "somebody else's"),
        ({"aud": ["us", "them"]}, "somebody else's"),
        ({"aud": []}, "somebody else's"),
        ({"azp": "them"}, "to use"),
        ({"exp": MOMENT - 61}, "expired"),
        ({"exp": str(MOMENT + 300)}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": None}, "expired"),
        ({"iat": MOMENT + 61}, "from the future"),
        ({"nbf": MOMENT + 61}, "not yet valid"),
        ({"nonce": "m"}, "no answer to us"),
        ({"nonce": None}, "no answer to us"),
        ({"sub": ""}, "nobody's"),
        ({"sub": 1}, "nobody's"),
        ({"sub": "x" * 256}, "nobody's"),
    ],
)
def test_what_is_wrong_in_a_signed_identity_is_named(change, sentence):
    with pytest.raises(IdentityRefused, match=sentence):
        read(CLAIMS | change)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "nonce", "sub"])
def test_what_is_missing_is_wrong(name):
    with pytest.raises(IdentityRefused):
        read({claim: value for claim, value in CLAIMS.items() if claim != name})


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def by_hand(header, sign):
    said = f"{part(header)}.{part(CLAIMS)}"
    return f"{said}.{base64.urlsafe_b64encode(sign(said.encode())).rstrip(b'=').decode()}"


OTHER = RSAKey.generate_key(2048, parameters={"kid": "a"})
PUBLIC_PEM = KEY.as_pem(private=False)

FORGED = {
    "signed by nobody": by_hand({"alg": "none"}, lambda _: b""),
    "signed by nobody, in other letters": by_hand({"alg": "nOnE", "kid": "a"}, lambda _: b""),
    "the public key as a shared secret": by_hand(
        {"alg": "HS256", "kid": "a"}, lambda said: hmac.digest(PUBLIC_PEM, said, hashlib.sha256)
    ),
    "the shared secret of the client": by_hand(
        {"alg": "HS256"}, lambda said: hmac.digest(oidc.SECRET.encode(), said, hashlib.sha256)
    ),
    "another algorithm with the right key": jwt.encode({"alg": "PS256", "kid": "a"}, CLAIMS, KEY, algorithms=["PS256"]),
    "another key of the same name": jwt.encode({"alg": "RS256", "kid": "a"}, CLAIMS, OTHER),
    "a key that it brings itself": jwt.encode(
        {"alg": "RS256", "kid": "a", "jwk": OTHER.as_dict(private=False)}, CLAIMS, OTHER
    ),
    "no signature": jwt.encode({"alg": "RS256", "kid": "a"}, CLAIMS, KEY).rpartition(".")[0] + ".",
    "no token": "nonsense",
    "nothing": "",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_identity_is_refused(how):
    with pytest.raises(IdentityRefused, match="not signed as it must be"):
        identity.claims_in(FORGED[how], KEYS)


def test_other_claims_behind_a_right_signature_are_refused():
    header, _, signature = jwt.encode({"alg": "RS256", "kid": "a"}, CLAIMS, KEY).split(".")
    with pytest.raises(IdentityRefused):
        identity.claims_in(f"{header}.{part(CLAIMS | {'sub': '2'})}.{signature}", KEYS)


def test_without_a_provider_there_is_no_way_to_one(database, database_url, tmp_path):
    with TestClient(create_app(Settings(data=tmp_path, database_url=database_url, _env_file=None))) as own:
        assert own.get("/sign-in/identity").status_code == 404
    with pytest.raises(ValueError, match="https"):
        Settings(oidc_issuer="http://issuer.example", _env_file=None)
