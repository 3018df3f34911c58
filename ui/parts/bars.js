// Lasting bars on top: practice church, test server, a sign-in that ended or is not remembered.

import { now } from "../changes.js";
import { byId, button, element, replace } from "../dom.js";
import { call } from "../ipc.js";
import { signIn } from "./states.js";
import { tellError } from "./tell.js";

/** Goes back to where one was before the practice church. */
export async function leavePractice() {
  try {
    await call("leave_practice");
  } catch (error) {
    tellError(error);
  }
}

let before = "";

/** Shows the bars that session and status call for; the same bars again are left alone. */
export function showBars() {
  const { session, status } = now;
  const facts = JSON.stringify([session, status?.testServer]);
  if (facts === before) return;
  before = facts;
  const bars = byId("bars");
  const shown = [];
  if (status?.testServer) {
    shown.push(
      bar(
        "test",
        "test-server",
        "Test server.",
        `Narthex is talking to ${status.testServer} instead of Planning Center.`,
      ),
    );
  }
  if (session.state === "signedIn") {
    if (session.account.practice) {
      const leave = button({ class: "small" }, "Leave practice", leavePractice);
      shown.push(
        bar(
          "practice",
          "practice-banner",
          "Practice church.",
          "Nobody here is real, and nothing of your own church is touched.",
          leave,
        ),
      );
    }
    if (session.needsSignIn) {
      const again = button({ class: "primary small", id: "sign-in-again" }, "Sign in", signIn);
      shown.push(
        bar(
          "urgent",
          "sign-in-bar",
          "Planning Center has ended your sign-in.",
          "Your saved data is still here.",
          again,
        ),
      );
    }
    if (session.notice) {
      shown.push(bar("urgent", "session-notice", session.notice.message, session.notice.hint));
    } else if (!session.remembered && !session.account.practice) {
      shown.push(
        bar(
          "urgent",
          "session-notice",
          "This sign-in lasts until you close Narthex.",
          "It cannot be remembered on this computer.",
        ),
      );
    }
  }
  replace(bars, ...shown);
  bars.hidden = shown.length === 0;
}

/**
 * @param {string} kind
 * @param {string} id
 * @param {string} fact
 * @param {string | null} words
 * @param {HTMLElement} [control]
 */
function bar(kind, id, fact, words, control) {
  return element(
    "div",
    { class: `bar ${kind}`, id },
    element("p", {}, element("b", {}, fact), words && ` ${words}`),
    control,
  );
}
