// The only file that speaks to Tauri.

/**
 * @import { AppEvent, Commands, ErrorView } from "./contract.d.ts"
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
  try {
    const answer = await tauri().core.invoke(name, request ? { request } : undefined);
    return /** @type {Commands[Name]["answer"]} */ (answer);
  } catch (error) {
    throw asErrorView(error);
  }
}

/**
 * Opens the one channel over which the program tells what changed.
 *
 * @param {(event: AppEvent) => void} handler
 */
export async function subscribe(handler) {
  const channel = new (tauri().core.Channel)();
  channel.onmessage = handler;
  try {
    await tauri().core.invoke("subscribe", { channel });
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
