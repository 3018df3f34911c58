// Start: the session decides between sign-in and the frame. Events become "ask again".

import { now, tellChanged, tellStatus } from "./changes.js";
import { byId } from "./dom.js";
import { call, subscribe } from "./ipc.js";
import { listenToKeys } from "./keys.js";
import { showBars } from "./parts/bars.js";
import { Frame, showChurch } from "./parts/frame.js";
import { startStatusBar } from "./parts/status-bar.js";
import { announce, tellError, tellLasting } from "./parts/tell.js";
import { SignIn } from "./screens/sign-in.js";

/** @import { AppEvent, SessionView } from "./ipc.d.ts" */

const frame = new Frame();
const signIn = new SignIn(byId("entry"), byId("entry-page"));
/** Whose screens are up; another account's, or none's, are built afresh. */
let shownFor = "";

/** @param {SessionView} session */
function showSession(session) {
  now.session = session;
  if (session.state !== "signedIn") {
    if (shownFor) frame.stop();
    shownFor = "";
    signIn.show(session);
  } else {
    const account = `${session.account.practice} ${session.account.church} ${session.account.name}`;
    if (account !== shownFor) {
      signIn.hide();
      if (shownFor) frame.stop();
      shownFor = account;
      frame.start();
      announce(`Signed in. ${session.account.church}`);
    }
    showChurch(session);
  }
  showBars();
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

async function start() {
  startStatusBar();
  listenToKeys();
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    (byId("frame").hidden ? byId("entry-page") : byId("detail")).querySelector("h1")?.focus();
  });
  try {
    await subscribe(hear);
    const [session, status] = await Promise.all([call("session_status"), call("app_status")]);
    tellStatus(status);
    showSession(session);
  } catch (error) {
    tellError(error);
  }
}

start();
