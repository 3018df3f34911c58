// What a screen shows when it cannot simply show: loading, empty, not loaded, no right, partial, failed.

import { addressOf, go } from "../address.js";
import { now, whenStatus } from "../changes.js";
import { button, element, replace } from "../dom.js";
import { errors } from "../errors.js";
import { call } from "../ipc.js";
import { figure } from "../words.js";
import { tellError } from "./tell.js";

/** @import { Child } from "../dom.js" */
/** @import { Coverage, ErrorView } from "../contract.d.ts" */

/** Asks Planning Center anew. Telling how that goes is the freshness line's part. */
export async function refresh() {
  try {
    await call("refresh");
  } catch (error) {
    tellError(error);
  }
}

/** Starts signing in again. */
export async function signIn() {
  try {
    await call("start_sign_in", { redirect: null });
  } catch (error) {
    tellError(error);
  }
}

/**
 * A screen or pane with nothing to list: the fact, the reason, at most one thing to do.
 *
 * @param {string} title
 * @param {Child} words
 * @param {{ heading?: "h1" | "h2", action?: Child }} [more]
 */
export function blank(title, words, { heading = "h2", action } = {}) {
  const head = element(heading, { class: "card-title", tabindex: heading === "h1" && -1 }, title);
  return element(
    "div",
    { class: "blank" },
    head,
    words && element("p", { class: "second" }, words),
    action && element("div", { class: "buttons" }, action),
  );
}

/**
 * What stands where data is not on this computer yet. It follows the program's state while it is on the page.
 *
 * @param {string} what `The plans`
 * @param {() => Child} bones the skeleton of what is on its way
 */
export function notLoaded(what, bones) {
  const root = element("div", { class: "not-loaded" });
  const fill = () => replace(root, ...notLoadedNow(what, bones));
  const end = whenStatus(() => (root.isConnected ? fill() : end()));
  fill();
  return root;
}

/** @param {string} what @param {() => Child} bones */
function notLoadedNow(what, bones) {
  const { freshness = "loading", progress = null } = now.status ?? {};
  const never = `${what} were never loaded on this computer`;
  const again = () => ({ action: button({}, "Try again", refresh) });
  switch (freshness) {
    case "offline":
      return [
        blank(
          "Not loaded yet",
          `${never}, and there is no network now. They come by themselves when it is back.`,
          again(),
        ),
      ];
    case "serviceDown":
      return [blank("Not loaded yet", `${never}, and Planning Center is not answering now.`, again())];
    case "networkSignIn":
      return [
        blank(
          "Not loaded yet",
          `${never}. This network asks for a sign-in of its own first: open any page in your browser.`,
          again(),
        ),
      ];
    case "diskFull":
      return [blank("Not loaded yet", `${never}, and its disk has no room. Make some, then try again.`, again())];
    case "notWritable":
      return [
        blank(
          "Not loaded yet",
          `${never}, and Narthex may not write to its folder here. Settings shows the folder.`,
          again(),
        ),
      ];
    case "unreadable":
      return [
        blank("Not loaded yet", `${never}: what Planning Center answered could not be read.`, again()),
      ];
    case "openElsewhere":
      return [blank("Not loaded yet", `${never}. The other window of Narthex loads them.`)];
    case "signInNeeded":
      return [
        blank("Not loaded yet", `${never}. Sign in to load them.`, {
          action: button({ class: "primary" }, "Sign in", signIn),
        }),
      ];
    default: {
      const total = progress?.total ? ` of ${figure(progress.total)}` : "";
      const reading = progress?.done || progress?.total
        ? `Now reading: ${progress.label}, ${figure(progress.done)}${total}.`
        : "This takes a moment the first time.";
      return [blank("Loading for the first time", `${what} are on their way. ${reading}`), bones()];
    }
  }
}

/** @param {Extract<Coverage, { kind: "noRight" }>} coverage @param {"h1" | "h2"} [heading] */
export function noRight(coverage, heading) {
  return blank("Your account may not see this", coverage.hint, { heading });
}

/**
 * A line above a list that is not all there; nothing if it is.
 *
 * @param {Coverage} coverage
 * @param {string} what `people`
 */
export function partialNote(coverage, what) {
  if (coverage.kind !== "partial") return null;
  const loaded =
    coverage.total === null
      ? `${figure(coverage.loaded)} ${what} loaded so far`
      : `${figure(coverage.loaded)} of ${figure(coverage.total)} ${what} loaded`;
  return element("div", { class: "note" }, element("p", {}, `${loaded}. ${coverage.reason}`));
}

/**
 * A part that failed while the rest stays.
 *
 * @param {ErrorView} error
 * @param {() => void} retry
 */
export function failedNote(error, retry) {
  const { tone } = errors[error.code];
  return element("div", { class: `note ${tone}` }, element("p", {}, wordsOf(error)), errorButton(error, retry));
}

/**
 * A whole screen that failed.
 *
 * @param {ErrorView} error
 * @param {() => void} retry
 * @param {"h1" | "h2"} [heading]
 */
export function failed(error, retry, heading) {
  return blank(errors[error.code].title, wordsOf(error), { heading, action: errorButton(error, retry) });
}

/** @param {ErrorView} error */
export function wordsOf({ message, hint, reference }) {
  return [message, hint, reference && `Reference ${reference}.`].filter(Boolean).join(" ");
}

/** @param {ErrorView} error @param {() => void} retry */
function errorButton(error, retry) {
  const { label, action } = errors[error.code];
  if (label === null || action === "none") return null;
  const doing = { signIn, retry, settings: () => go(addressOf("settings")) };
  return button({}, label, doing[action]);
}

/**
 * Quiet bars in the shape of what will come.
 *
 * @param {number} rows
 * @param {"row" | "line"} shape
 */
export function skeleton(rows, shape) {
  const bars = element("div", { class: "skeleton", "aria-hidden": "true" });
  for (let row = 0; row < rows; row += 1) {
    const first = element("span", { class: `w-${(row % 3) + 1}` });
    const second = element("span", { class: `w-${((row + 1) % 3) + 3}` });
    const circle = shape === "row" && element("span", { class: "disc" });
    bars.append(element("div", { class: `bone ${shape}` }, circle, element("div", {}, first, second)));
  }
  return bars;
}
