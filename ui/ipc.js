// The only file that speaks to Tauri.

/**
 * @import { AppEvent, Commands, ErrorView, FirstView } from "./contract.d.ts"
 * @typedef {{ onmessage: (event: AppEvent) => void }} Channel
 * @typedef {{ core: { invoke: (name: string, args?: object) => Promise<unknown>, Channel: new () => Channel } }} Tauri
 */

/** @returns {Tauri} */
function tauri() {
  return /** @type {Window & typeof globalThis & { __TAURI__: Tauri }} */ (window).__TAURI__;
}

/**
 * Asks the program to do something. Fails with an `ErrorView`, whatever went wrong.
 *
 * @template {keyof Commands} Name
 * @param {Name} name
 * @param {Commands[Name]["request"] extends null ? [] : [Commands[Name]["request"]]} request
 * @returns {Promise<Commands[Name]["answer"]>}
 */
export async function call(name, ...[request]) {
  const answer = await invoke(name, request ? { request } : undefined);
  return /** @type {Commands[Name]["answer"]} */ (answer);
}

/** @typedef {(event: AppEvent) => void} Listener */

/**
 * Opens the one channel over which the program tells what changed, and asks for all that is painted first. What changes
 * meanwhile would overtake that answer, so it waits until somebody listens.
 *
 * @returns {{ first: Promise<FirstView>, listen: (listener: Listener) => void }}
 */
export function subscribe() {
  /** @type {(listener: Listener) => void} */
  let listen = () => {};
  /** @type {Promise<Listener>} */
  const listening = new Promise((resolve) => {
    listen = resolve;
  });
  const channel = new (tauri().core.Channel)();
  channel.onmessage = (event) => listening.then((listener) => listener(event));
  const answer = invoke("subscribe", { channel });
  return { first: /** @type {Promise<FirstView>} */ (answer), listen };
}

/** @param {string} name @param {object} [body] */
async function invoke(name, body) {
  try {
    return await tauri().core.invoke(name, body);
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
