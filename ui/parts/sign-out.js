// Signing out: what will happen, then what did happen.

import { button, element, replace } from "../dom.js";
import { call } from "../ipc.js";
import { openDialog } from "./help.js";
import { failedNote } from "./states.js";

/** @import { ErrorView, SignedOutView } from "../contract.d.ts" */

/** @param {string} church */
export function askToSignOut(church) {
  const title = element("h2", { class: "card-title", id: "sign-out-title", tabindex: -1 }, "Sign out and erase?");
  const words = element(
    "div",
    {},
    element("p", {}, `What this computer keeps of ${church} is erased: people, plans and the sign-in itself.`),
    element("p", {}, "Nothing changes in Planning Center. Sign in again at any time, and it is all loaded afresh."),
  );
  const trouble = element("div", { class: "notes-list" });
  const buttons = element("div", { class: "buttons" });
  const dialog = openDialog(title, words, trouble, buttons);
  const stay = button({}, "Stay signed in", () => dialog.close());
  const leave = button({ class: "danger", id: "confirm-sign-out" }, "Sign out and erase", async () => {
    try {
      report(await call("sign_out"));
    } catch (error) {
      replace(
        trouble,
        failedNote(/** @type {ErrorView} */ (error), () => leave.click()),
      );
    }
  });
  /** @param {SignedOutView} done */
  const report = ({ revoked, report: sentences }) => {
    title.textContent = revoked ? "Signed out and erased" : "Signed out here";
    replace(
      words,
      element(
        "ul",
        { class: "bulleted", id: "sign-out-report" },
        ...sentences.map((sentence) => element("li", {}, sentence)),
      ),
    );
    replace(trouble);
    replace(
      buttons,
      button({ class: "primary" }, "Done", () => dialog.close()),
    );
    title.focus();
  };
  buttons.append(stay, leave);
}
