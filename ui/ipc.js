// The only file that speaks to Tauri, with the first question (`opening.js`), which is asked before it is there.

/**
 * @import { AppEvent, Commands, ErrorView, FirstView } from "./contract.d.ts"
 * @typedef {(event: AppEvent) => void} Listener
 * @typedef {{ onmessage: Listener }} Channel
 * @typedef {{ core: { invoke: (name: string, args?: object) => Promise<unknown>, Channel: new () => Channel } }} Tauri
 * @typedef {{ first: Promise<unknown>, listen: (listener: Listener) => void }} Subscription
 * @typedef {Window & typeof globalThis & { __TAURI__: Tauri, subscribe: () => Subscription, opening?: Subscription }} Page
 */

const page = /** @type {Page} */ (window);

/**
 * Asks the program to do something. Fails with an `ErrorView`, whatever went wrong.
 *
 * @template {keyof Commands} Name
 * @param {Name} name
 * @param {Commands[Name]["request"] extends null ? [] : [Commands[Name]["request"]]} request
 * @returns {Promise<Commands[Name]["answer"]>}
 */
export async function call(name, ...[request]) {
  const answer = await told(page.__TAURI__.core.invoke(name, request && { request }));
  return /** @type {Commands[Name]["answer"]} */ (answer);
}

/**
 * Opens the one channel over which the program tells what changed, and asks for all that is painted first. That
 * was done once already, before there was a page. What changes meanwhile would overtake that answer, so it waits until somebody
 * listens.
 *
 * @returns {{ first: Promise<FirstView>, listen: (listener: Listener) => void }}
 */
export function subscribe() {
  const { first, listen } = page.opening ?? page.subscribe();
  delete page.opening;
  return { first: /** @type {Promise<FirstView>} */ (told(first)), listen };
}

/** @param {Promise<unknown>} answer */
async function told(answer) {
  try {
    return await answer;
  } catch (error) {
    throw asErrorView(error);
  }
}

/**
 * @param {unknown} error
 * @returns {ErrorView}
 */
function asErrorView(error) {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return /** @type {ErrorView} */ (error);
  }
  return {
    code: "unexpected",
    message: "Something went wrong here.",
    hint: "Try again. If it happens again, close Narthex and open it once more.",
    retryAfterSeconds: null,
    reference: null,
  };
}
