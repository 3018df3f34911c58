"""The running emulator, asked beside the API: its own truth, and its switches."""

import requests

CALLBACK = "http://127.0.0.1:8127/oauth/callback"
SCOPES = ["people", "services"]


class Emulator:
    """Where it is, who is registered there, and what it knows about its church."""

    def __init__(self, ready, secret, personal):
        self.url = ready["url"].rstrip("/")
        self.client_id = ready["client_id"]
        self.confidential_id, self.confidential_secret = secret.split(":")
        self.personal_id, self.personal_secret = personal.split(":")

    def truth(self, path):
        """The ids of the records at a path, ascending."""
        answer = requests.get(f"{self.url}/_emulator/truth", params={"path": path}, timeout=10)
        if answer.status_code != 200:
            raise LookupError(f"the emulator knows nothing at {path}")
        return answer.json()["ids"]

    def fault(self, **fault):
        """Puts a fault in waiting."""
        requests.post(f"{self.url}/_emulator/faults", json=fault, timeout=10).raise_for_status()

    def consent(self, authorization_url):
        """Follows the browser to the address that it is sent back to; the emulator agrees by itself."""
        answer = requests.get(authorization_url, allow_redirects=False, timeout=10)
        answer.raise_for_status()
        return answer.headers["Location"]


def ascending(ids):
    """Ids in the order in which the emulator tells them."""
    return sorted(ids, key=int)
