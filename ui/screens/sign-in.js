// Before the frame: welcome, waiting for the browser, finishing, and "is that you?".

import { element } from "../dom.js";
import { announce } from "../parts/tell.js";
import * as confirm from "./confirm.js";
import * as waiting from "./waiting.js";
import * as welcome from "./welcome.js";

/**
 * @import { SessionView } from "../contract.d.ts"
 * @typedef {{ update: (session: SessionView) => void, end: () => void }} Step
 */

/** Shows the step of signing in that the session stands at. */
export class SignIn {
  #entry;
  #page;
  #state = "";
  #notice = "";
  /** @type {Step | null} */
  #step = null;

  /** @param {HTMLElement} entry the whole screen @param {HTMLElement} page where the step goes */
  constructor(entry, page) {
    this.#entry = entry;
    this.#page = page;
  }

  /** @param {SessionView} session */
  show(session) {
    this.#entry.hidden = false;
    if (session.state === this.#state && this.#step) {
      this.#step.update(session);
      this.#announceNotice(session, "polite");
      return;
    }
    this.#step?.end();
    this.#state = session.state;
    this.#page.replaceChildren();
    this.#step = mountStep(this.#page, session);
    const heading = this.#page.querySelector("h1");
    heading?.focus();
    // The heading is read when it takes the focus; a notice beside it would be missed.
    this.#notice = "";
    this.#announceNotice(session, "assertive");
  }

  /** Says a notice that was not there before. @param {SessionView} session @param {"polite" | "assertive"} how */
  #announceNotice(session, how) {
    const before = this.#notice;
    this.#notice = ("notice" in session && session.notice?.message) || "";
    if (this.#notice !== "" && this.#notice !== before) announce(this.#notice, how);
  }

  hide() {
    this.#step?.end();
    this.#step = null;
    this.#state = "";
    this.#page.replaceChildren();
    this.#entry.hidden = true;
  }
}

/**
 * @param {HTMLElement} page
 * @param {SessionView} session
 * @returns {Step}
 */
function mountStep(page, session) {
  switch (session.state) {
    case "signedOut":
      return welcome.mount(page, session);
    case "waiting":
      return waiting.mount(page, session);
    case "confirm":
      return confirm.mount(page, session);
    case "finishing":
      return still(page, "Finishing", "Planning Center has answered. Narthex is making sure that all is well.");
    case "starting":
    case "signedIn":
      return still(page, "Opening", "One moment.");
  }
}

/**
 * @param {HTMLElement} page
 * @param {string} title
 * @param {string} words
 * @returns {Step}
 */
function still(page, title, words) {
  page.append(
    element("h1", { class: "entry-title", tabindex: -1 }, title),
    element("p", { class: "lead" }, words),
    element("progress", { class: "meter still", "aria-label": title }),
  );
  return { update: () => {}, end: () => {} };
}
