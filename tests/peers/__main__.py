"""Programs from PyPI against the emulator: what they find must be what the emulator knows.

Started by `cargo xtask peers`, with the emulator's ready line and the two secrets it was started with.
"""

import json
import sys
from importlib.metadata import version

import with_pypco
import with_requests_oauthlib
from emulator import Emulator

PEERS = [("pypco", with_pypco.TRIALS), ("requests-oauthlib", with_requests_oauthlib.TRIALS)]


class Comparison:
    """Counts what was compared, and keeps what differed."""

    def __init__(self):
        self.tried = 0
        self.differences = []

    def same(self, what, expected, found):
        self.tried += 1
        if expected != found:
            self.differences.append(f"{what}: {brief(expected)} expected, {brief(found)} found")

    def fails(self, what, kinds, call):
        """The call must raise one of `kinds`. Hands the exception back."""
        self.tried += 1
        try:
            found = call()
        except kinds as error:
            return error
        self.differences.append(f"{what}: no refusal but {brief(found)}")
        return None


def brief(value):
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:160]}… ({len(text)} characters)"


def attempt(trial, emulator):
    comparison = Comparison()
    try:
        trial(emulator, comparison)
    except Exception as error:  # a peer that stumbles disagrees, whatever it stumbles over
        comparison.tried += 1
        comparison.differences.append(f"{type(error).__name__}: {error}")
    return comparison


def main():
    ready, secret, personal = sys.argv[1:]
    emulator = Emulator(json.loads(ready), secret, personal)
    print(f"\n{'peer':<26}{'what':<60}{'tried':>6}{'agreed':>8}")
    failed = False
    for name, trials in PEERS:
        for trial in trials:
            comparison = attempt(trial, emulator)
            agreed = comparison.tried - len(comparison.differences)
            print(f"{name + ' ' + version(name):<26}{trial.__doc__:<60}{comparison.tried:>6}{agreed:>8}", flush=True)
            for difference in comparison.differences:
                print(f"    {difference}")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
