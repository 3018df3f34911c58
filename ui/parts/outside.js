// Things that leave the window: the clipboard, phone and mail programs, Planning Center.

import { now } from "../changes.js";
import { button, icon } from "../dom.js";
import { call } from "../ipc.js";
import { tell, tellError } from "./tell.js";

/**
 * @param {string} text
 * @param {string} what what was copied, as the beginning of a sentence: `Phone number`
 */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
  tell(`${what} copied`);
}

/** @param {string} text */
function copyBySelection(text) {
  const field = document.createElement("textarea");
  const back = document.activeElement;
  field.value = text;
  field.className = "unseen";
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  if (back instanceof HTMLElement) back.focus({ preventScroll: true });
}

/**
 * Calls, writes to or opens somebody or something of the church. Those of the practice church are invented: outside,
 * strangers would be reached.
 *
 * @param {string} url a `tel:`, `mailto:` or Planning Center address from an answer
 */
export async function openOutside(url) {
  const { session } = now;
  if (session.state === "signedIn" && session.account.practice)
    return tell("In the practice church nothing is called, written to or opened.");
  await openPage(url);
}

/** Opens a page that has nothing to do with the church shown. @param {string} url */
export async function openPage(url) {
  try {
    await call("open_outside", { url });
  } catch (error) {
    tellError(error);
  }
}

/**
 * @param {string} text what to copy
 * @param {string} what as in `copy`; the button's name says it too
 */
export function copyButton(text, what) {
  return button(
    { class: "quiet small square copy", "aria-label": `Copy ${what.toLowerCase()}`, title: "Copy" },
    icon("copy"),
    () => copy(text, what),
  );
}

/** @param {string} url */
export function planningCenterButton(url) {
  return button(
    { "aria-keyshortcuts": "O", title: "Open in Planning Center (O)" },
    ["Open in Planning Center", icon("outside", "tiny")],
    () => openOutside(url),
  );
}
