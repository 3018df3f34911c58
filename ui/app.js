// Start: the first answer is painted. The session decides between sign-in and the frame. Events become "ask again".

import { afterPaint, now, tellChanged, tellStatus } from "./changes.js";
import { byId, replace } from "./dom.js";
import { subscribe } from "./ipc.js";
import { listenToKeys } from "./keys.js";
import { showBars } from "./parts/bars.js";
import { Frame, showChurch } from "./parts/frame.js";
import { startPresence } from "./parts/presence.js";
import { failed } from "./parts/states.js";
import { startStatusBar } from "./parts/status-bar.js";
import { announce, tellLasting } from "./parts/tell.js";
import { nextAddress } from "./screens/schedule.js";
import { SignIn } from "./screens/sign-in.js";

/** @import { AppEvent, ErrorView, SessionView } from "./contract.d.ts" */

const frame = new Frame();
const signIn = new SignIn(byId("entry"), byId("entry-page"));
/** Whose screens are up; another account's, or none's, are built afresh. */
let shownFor = "";
let shownBefore = "";

/** @param {SessionView} session */
function showSession(session) {
  now.session = session;
  if (session.state !== "signedIn") {
    showEntry(session);
  } else {
    const account = `${session.account.practice} ${session.account.church} ${session.account.name}`;
    if (account !== shownFor) {
      signIn.hide();
      if (shownFor) frame.stop();
      // Plans and people of another church are not to be looked for in this one.
      if (shownBefore && shownBefore !== account) history.replaceState(null, "", "#/");
      shownFor = shownBefore = account;
      const next = now.first?.plans && nextAddress(now.first.plans);
      if (next) history.replaceState(null, "", next);
      frame.start();
      announce(`Signed in. ${session.account.church}`);
    }
    showChurch(session);
  }
  showBars();
}

/** @param {SessionView} session */
function showEntry(session) {
  frame.stop();
  shownFor = "";
  signIn.show(session);
}

/** @param {AppEvent} event */
function hear(event) {
  switch (event.type) {
    case "sessionChanged":
      return showSession(event.session);
    case "dataChanged":
      return tellChanged(event.tags);
    case "statusChanged":
      tellStatus(event.status);
      return showBars();
    case "notice":
      return tellLasting(event.message, event.hint);
  }
}

/** Nothing is painted before the first answer; what it tells is shown before any other news. @param {ReturnType<typeof subscribe>} subscription */
async function connect({ first, listen }) {
  try {
    now.first = await first;
    tellStatus(now.first.status);
    showSession(now.first.session);
    afterPaint(() => {
      now.first = null;
      listen(hear);
    });
  } catch (error) {
    now.first = null;
    frame.stop();
    byId("entry").hidden = false;
    replace(byId("entry-page"), failed(/** @type {ErrorView} */ (error), () => connect(subscribe()), "h1"));
  }
}

startStatusBar();
startPresence();
listenToKeys();
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  // Not every pane has a heading at all times; the first place that takes the focus will do.
  for (const place of [".entry:not([hidden]) h1", "#detail h1", "#list h1", "#main"]) {
    const target = document.querySelector(place);
    if (target instanceof HTMLElement) target.focus();
    if (target && target === document.activeElement) return;
  }
});
connect(subscribe());
