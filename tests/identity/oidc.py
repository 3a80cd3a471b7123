"""A real provider of identities on this machine, and a browser that goes there and back."""

import http.cookiejar
import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from urllib.error import HTTPError

from joserfc.jwk import RSAKey

VERSION = "9.13.3"
"""Of the npm package oidc-provider."""

PACKAGES = Path(os.environ.get("TEST_PACKAGES") or Path.home() / ".cache" / "boardpapers-test-packages")
"""Where node's packages are kept between runs; `.ci/run` fills it."""

CLIENT, SECRET = "boardpapers", "a secret of the tests"


class Provider:
    """A provider in a process of its own; its address stays the same when it starts again with other keys."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._started = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """It runs, with a key that it has not had before."""
        self._started += 1
        key = f"key-{self._started}"
        file = self._folder / f"{key}.json"
        private = RSAKey.generate_key(2048, parameters={"kid": key, "use": "sig", "alg": "RS256"}).as_dict(private=True)
        file.write_text(json.dumps({"keys": [private]}))
        script = Path(__file__).with_name("provider.mjs")
        self._process = subprocess.Popen(
            ["node", script, PACKAGES, str(self.port), file],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "listening" in line:
                return
        raise AssertionError("the provider did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()

    def person(self, sub: str, **claims: object) -> None:
        """Who signs in there from now on, and what the provider says of them."""
        said = json.dumps({"sub": sub} | claims).encode()
        with _opener().open(f"{self.issuer}/person", said):
            pass

    def follow(self, address: str) -> str:
        """Where a new browser is sent back to that goes to this address of the provider."""
        opener = _opener(http.cookiejar.CookieJar())
        for _ in range(10):
            try:
                with opener.open(address) as answer:
                    raise AssertionError(answer.read()[:500])
            except HTTPError as error:
                if error.code not in {302, 303}:
                    raise
                address = urllib.request.urljoin(address, error.headers["location"])
                error.close()
            if not address.startswith(self.issuer):
                return address
        raise AssertionError("the provider sends us round in circles")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def _opener(*jars: http.cookiejar.CookieJar) -> urllib.request.OpenerDirector:
    cookies = [urllib.request.HTTPCookieProcessor(jar) for jar in jars]
    return urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}), *cookies)


def packages(cannot_run: Callable[[str], NoReturn]) -> None:
    """The provider can be started; else the test cannot run."""
    if shutil.which("node") is None:
        cannot_run("node is not there: it runs a provider of identities")
    if not (PACKAGES / "node_modules" / "oidc-provider").is_dir():
        cannot_run(f"the npm package oidc-provider {VERSION} is not in {PACKAGES}: .ci/run installs it")
