// Telling the person something: aloud through the live regions, and in a short line above the foot.

import { byId, button, element } from "../dom.js";

/** @import { ErrorView } from "../contract.d.ts" */

const STAYS = 4000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/**
 * Says it to a screen reader, without showing it.
 *
 * @param {string} words
 * @param {"polite" | "assertive"} [how]
 */
export function announce(words, how = "polite") {
  const region = byId(how);
  region.textContent = "";
  // A frame apart, so that the same words said twice are two changes.
  requestAnimationFrame(() => {
    region.textContent = words;
  });
}

/**
 * Shows and says that something was done.
 *
 * @param {string} words
 */
export function tell(words) {
  announce(words);
  showToast(words, STAYS);
}

/**
 * Shows and says something that is to be read in peace: it stays until it is closed.
 *
 * @param {string} message
 * @param {string | null} hint
 * @param {"polite" | "assertive"} [how]
 */
export function tellLasting(message, hint, how = "polite") {
  const words = hint ? `${message} ${hint}` : message;
  announce(words, how);
  showToast(words, null);
}

/** @param {unknown} error an `ErrorView` from `call` */
export function tellError(error) {
  const { message, hint, reference } = /** @type {ErrorView} */ (error);
  tellLasting(message, reference ? `${hint ?? ""} (${reference})`.trim() : hint, "assertive");
}

/**
 * @param {string} words
 * @param {number | null} stays milliseconds; `null` until closed
 */
function showToast(words, stays) {
  clearTimeout(leaving);
  document.querySelector(".toast")?.remove();
  const toast = element("aside", { class: "toast", "aria-label": "Message" }, element("p", {}, words));
  const back = document.activeElement;
  const close = () => {
    toast.remove();
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  };
  if (stays === null) toast.append(button({ class: "small" }, "Close", close));
  else leaving = setTimeout(() => toast.remove(), stays);
  // Inside an open dialog, so that it is not hidden behind it.
  (document.querySelector("dialog[open]") ?? document.body).append(toast);
}
