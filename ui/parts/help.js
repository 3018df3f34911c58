// Help: what the keys do.

import { button, element } from "../dom.js";
import { shortcuts, singleKeysOn } from "../keys.js";
import { now } from "../changes.js";

/** Shows the shortcuts, and which program this is. */
export function openHelp() {
  const title = element("h2", { class: "card-title", id: "help-title", tabindex: -1 }, "Keyboard shortcuts");
  const table = element("table", { class: "shortcuts" });
  for (const { shown, label } of shortcuts) {
    const keys = element("td", {});
    for (const key of shown) keys.append(element("kbd", { class: "key" }, key), " ");
    table.append(element("tr", {}, element("th", { scope: "row" }, label), keys));
  }
  const off =
    !singleKeysOn() && element("p", { class: "second" }, "Single letters and signs are switched off in Settings.");
  const version =
    now.status &&
    element(
      "p",
      { class: "second" },
      `Narthex ${now.status.version}. Independent, not affiliated with Planning Center.`,
    );
  openDialog(title, table, off, version);
}

/**
 * Opens a dialog that ends with Close, or with buttons of its own.
 *
 * @param {HTMLElement} title has an id
 * @param {...import("../dom.js").Child} content
 */
export function openDialog(title, ...content) {
  const dialog = element("dialog", { "aria-labelledby": title.id }, title, ...content);
  const foot = element(
    "div",
    { class: "buttons" },
    button({}, "Close", () => dialog.close()),
  );
  if (!content.some((part) => part instanceof HTMLElement && part.matches(".buttons"))) dialog.append(foot);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
  return dialog;
}
