// Whether somebody uses the page: the program reads faster while nobody does.

import { call } from "../ipc.js";

/** Milliseconds without any input after which nobody is thought to be there. */
const GONE_AFTER = 60_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;
let isActive = true;

/** Watches for input; to be called once. */
export function startPresence() {
  for (const kind of ["focus", "keydown", "pointerdown", "pointermove", "wheel"]) {
    addEventListener(kind, seen, { capture: true, passive: true });
  }
  seen();
}

function seen() {
  clearTimeout(leaving);
  leaving = setTimeout(() => tell(false), GONE_AFTER);
  if (!isActive) tell(true);
}

/** Nobody has to hear of it when this fails: then the program reads at the pace it had. @param {boolean} active */
function tell(active) {
  isActive = active;
  call("set_active", { active }).catch(() => {});
}
