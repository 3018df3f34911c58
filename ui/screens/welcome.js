// Welcome: sign in, or look around the practice church; without a client ID, how a church gets one.

import { button, element, replace } from "../dom.js";
import { call } from "../ipc.js";
import { registrationSteps } from "../parts/registration.js";
import { signIn } from "../parts/states.js";
import { tellError } from "../parts/tell.js";

/**
 * @import { SessionView, Words } from "../contract.d.ts"
 * @import { Step } from "./sign-in.js"
 * @typedef {Extract<SessionView, { state: "signedOut" }>} SignedOut
 */

/**
 * @param {HTMLElement} root
 * @param {SignedOut} session
 * @returns {Step}
 */
export function mount(root, session) {
  const show = (/** @type {SignedOut} */ { canSignIn, notice }) => {
    replace(
      root,
      element("h1", { class: "entry-title", tabindex: -1 }, "Welcome"),
      element(
        "p",
        { class: "lead" },
        "See who is serving, who has not answered, and how to reach them, from your own computer, with or without a network.",
      ),
      notice && noticeCard(notice),
      ...(canSignIn ? waysIn() : firstSteps()),
      element(
        "p",
        { class: "small-print" },
        "People and schedules are kept on this computer only, encrypted; without a keychain only until Narthex closes. No tracking, no servers of ours. Independent, not affiliated with Planning Center.",
      ),
    );
  };
  show(session);
  return {
    update: (next) => {
      if (next.state === "signedOut" && JSON.stringify(next) !== JSON.stringify(session)) {
        session = next;
        show(session);
      }
    },
    end: () => {},
  };
}

function waysIn() {
  return [
    button({ class: "primary tall", id: "sign-in" }, "Sign in with Planning Center", signIn),
    element("p", { class: "under-button" }, "Your web browser opens. Narthex never sees your password."),
    element("p", { class: "or" }, "or"),
    practiceButton("tall"),
  ];
}

function firstSteps() {
  return [
    practiceButton("primary tall"),
    element("p", { class: "under-button" }, "Invented people and plans around today’s date. No account needed."),
    element("p", { class: "or" }, "or"),
    element("h2", { class: "card-title" }, "Connect your own church"),
    element(
      "p",
      { class: "lead" },
      "This copy of Narthex does not know your church yet. A church administrator registers it with Planning Center once:",
    ),
    registrationSteps(),
  ];
}

/** @param {string} kind */
function practiceButton(kind) {
  return button({ class: kind, id: "practice" }, "Look around a practice church", async () => {
    try {
      await call("start_practice");
    } catch (error) {
      tellError(error);
    }
  });
}

/** @param {Words} notice */
export function noticeCard({ message, hint }) {
  return element("div", { class: "note entry-note" }, element("p", {}, element("b", {}, message), hint && ` ${hint}`));
}
