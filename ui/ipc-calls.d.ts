// `ipc.js` has the generated `ipc.d.ts` beside it, so the checker reads that in its place.
// These are the two functions that `ipc.js` exports.
import type { AppEvent, Commands } from "./ipc.js";

declare module "./ipc.js" {
  /** Asks the program to do something. Fails with an `ErrorView`, whatever went wrong. */
  export function call<Name extends keyof Commands>(
    name: Name,
    ...request: Commands[Name]["request"] extends null ? [] : [Commands[Name]["request"]]
  ): Promise<Commands[Name]["answer"]>;

  /** Opens the one channel over which the program tells what changed. */
  export function subscribe(handler: (event: AppEvent) => void): Promise<void>;
}
