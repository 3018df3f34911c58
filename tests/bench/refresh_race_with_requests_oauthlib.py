"""Signs in with requests-oauthlib, lets the token run out, and asks from many threads at once."""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from requests_oauthlib import OAuth2Session

# The package's own switch for a server without TLS.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

url, client_id, redirect_uri, callers = sys.argv[1:]
url, callers = url.rstrip("/"), int(callers)
asking = OAuth2Session(
    client_id,
    redirect_uri=redirect_uri,
    scope=["people", "services"],
    pkce="S256",
    auto_refresh_url=f"{url}/oauth/token",
    auto_refresh_kwargs={"client_id": client_id},
    token_updater=lambda pair: setattr(asking, "token", pair),
)
address, _ = asking.authorization_url(f"{url}/oauth/authorize")
back = requests.get(address, allow_redirects=False, timeout=10).headers["Location"]
asking.fetch_token(f"{url}/oauth/token", authorization_response=back, include_client_id=True)
asking.token = asking.token | {"expires_in": -1, "expires_at": time.time() - 1}

together = threading.Barrier(callers)


def ask(_):
    together.wait()
    try:
        return asking.get(f"{url}/people/v2/me").status_code == 200
    except Exception:
        return False


with ThreadPoolExecutor(callers) as threads:
    answered = sum(threads.map(ask, range(callers)))
print(json.dumps({"answered": answered}))
