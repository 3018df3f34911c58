// "Is that you?": who signed in, to which church, and what will be kept, before anything is kept.

import { button, element } from "../dom.js";
import { call } from "../ipc.js";
import { faceOf } from "../parts/face.js";
import { tellError } from "../parts/tell.js";

/**
 * @import { SessionView } from "../contract.d.ts"
 * @import { Step } from "./sign-in.js"
 */

/**
 * @param {HTMLElement} root
 * @param {Extract<SessionView, { state: "confirm" }>} session
 * @returns {Step}
 */
export function mount(root, { account, folder }) {
  const kept = element(
    "ul",
    { class: "kept bulleted" },
    element("li", {}, "People: names, phones, e-mails, addresses, birthdays and households."),
    element("li", {}, "Services: plans, orders of service, teams and how people answered."),
    element(
      "li",
      {},
      "All of it on this computer only, encrypted; without a keychain only until Narthex closes. Signing out erases it.",
    ),
  );
  if (folder !== null) kept.append(element("li", { class: "selectable" }, `Where: ${folder}`));
  root.append(
    element("h1", { class: "entry-title", tabindex: -1 }, "Is that you?"),
    element(
      "div",
      { class: "who" },
      faceOf(account.face, "large"),
      element(
        "div",
        {},
        element("p", { class: "card-title name", dir: "auto", lang: "" }, account.name),
        element("p", { class: "lead name", dir: "auto", lang: "" }, account.church),
      ),
    ),
    element("h2", { class: "group" }, "What Narthex will keep"),
    kept,
    element(
      "div",
      { class: "buttons" },
      answer("confirm_account", "primary", "Yes, that is me"),
      answer("refuse_account", "", "Use another account"),
    ),
  );
  return { update: () => {}, end: () => {} };
}

/**
 * @param {"confirm_account" | "refuse_account"} name
 * @param {string} kind
 * @param {string} label
 */
function answer(name, kind, label) {
  return button({ class: kind, id: name.replace("_", "-") }, label, async () => {
    try {
      await call(name);
    } catch (error) {
      tellError(error);
    }
  });
}
