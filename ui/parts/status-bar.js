// The freshness line: always in the same place, always true.

import { now, whenStatus } from "../changes.js";
import { byId, whileBusy } from "../dom.js";
import { call } from "../ipc.js";
import { counted, dotted, figure, minutesAgo } from "../words.js";
import { refresh } from "./states.js";
import { announce, tellError } from "./tell.js";

/** @import { AppStatus, Freshness, Progress } from "../contract.d.ts" */

const TICK = 20_000;
/** Seconds that nobody needs to be told of. */
const SOON = 10;

/** Starts the line; to be called once. */
export function startStatusBar() {
  const again = byId("refresh");
  again.addEventListener("click", () => whileBusy(again, refresh));
  const pause = byId("pause");
  pause.addEventListener("click", () => whileBusy(pause, () => setPaused(!now.status?.paused)));
  /** @type {Freshness | null} */
  let before = null;
  whenStatus((status) => {
    show(status);
    // The ticking of the clock and of the counts is not news; a new state is.
    if (before !== null && before !== status.freshness) announce(sentence(status));
    before = status.freshness;
  });
  // Nothing else goes by the clock, and what is written anew is laid out anew.
  setInterval(() => now.status && tellWords(now.status), TICK);
}

/** @param {boolean} paused */
async function setPaused(paused) {
  try {
    await call("set_paused", { paused });
    announce(paused ? "Paused. What you open is still read." : "Going on.");
  } catch (error) {
    tellError(error);
  }
}

/** Whether reading takes long enough to wish for a rest. @param {AppStatus} status */
function takesLong({ freshness, progress }) {
  const seconds = Math.max(progress?.secondsLeft ?? 0, progress?.secondsInAll ?? 0);
  return progress !== null && (freshness === "loading" || seconds >= SOON);
}

/** @param {AppStatus} status */
function tellWords(status) {
  const words = byId("freshness-words");
  const line = status.progress ? workingLine(status) : dotted(sentence(status), stock(status));
  const text = dotted(status.paused && "Paused", line);
  if (words.textContent !== text) words.textContent = text;
}

/** @param {AppStatus} status */
function show(status) {
  tellWords(status);
  const pause = byId("pause");
  pause.hidden = !status.paused && !takesLong(status);
  // Written anew while it is pressed, it would not be pressed.
  const act = status.paused ? "Go on" : "Pause";
  if (pause.textContent !== act) pause.textContent = act;
  const isAllFresh = !status.paused && status.freshness === "fresh" && status.coverage.kind === "complete";
  const kind = status.progress || status.freshness === "loading" ? "working" : isAllFresh ? "fresh" : "old";
  byId("freshness-dot").className = `dot ${kind}`;
  const meter = /** @type {HTMLProgressElement} */ (byId("progress"));
  meter.hidden = status.progress === null;
  if (!status.progress) return;
  const { done, total } = status.progress;
  meter.setAttribute("aria-valuetext", working(status));
  if (total === null || total === 0) {
    meter.removeAttribute("value");
    return;
  }
  meter.max = total;
  meter.value = Math.min(done, total);
}

/**
 * While something is read: until all is here, what is here so far; after that, how current it is. Trouble is always
 * told.
 *
 * @param {AppStatus} status
 */
function workingLine(status) {
  const { coverage, freshness, people, plans } = status;
  if (coverage.kind === "complete") return dotted(working(status), sentence(status));
  const calm = freshness === "loading" || freshness === "fresh" || freshness === "stale";
  const some = coverage.kind !== "noRight" && people + plans > 0;
  return dotted(working(status), !calm && sentence(status), some ? `so far ${amounts(status)}` : stock(status));
}

/** @param {AppStatus} status */
function working({ paused, progress }) {
  if (!progress) return "";
  const { label, done, total } = progress;
  if (total === null) return done === 0 ? label : `${label} ${figure(done)}`;
  return `${label} ${figure(done)} of ${figure(total)}${paused ? "" : left(progress)}`;
}

/** How long these take, and how long everything that comes after them. @param {Progress} progress */
function left({ secondsLeft, secondsInAll }) {
  const these = secondsLeft === null || secondsLeft < SOON ? "" : timeLeft(secondsLeft);
  const all = secondsInAll === null || secondsInAll < SOON ? "" : timeLeft(secondsInAll);
  if (all && all !== these) return `, ${these ? `${these} left, ` : ""}everything in ${all}`;
  return these && `, ${these} left`;
}

/** @param {number} seconds */
function timeLeft(seconds) {
  if (seconds < 90) return `about ${Math.ceil(seconds / 10) * 10} seconds`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes`;
  return `about ${Math.round(seconds / 3600)} hours`;
}

/** @param {AppStatus} status */
function sentence({ freshness, asOf }) {
  const saved = asOf ? ` — saved data from ${asOf.label}` : "";
  const ago = asOf && (minutesAgo(asOf.instant) ?? asOf.label);
  /** @type {Record<Freshness, string>} */
  const sentences = {
    loading: "Loading for the first time",
    fresh: ago ? `Updated ${ago}` : "Up to date",
    stale: ago ? `Updated ${ago}, may be out of date` : "May be out of date",
    offline: `Offline${saved}`,
    catchingUp: `Catching up, Planning Center asks us to go slowly${saved}`,
    serviceDown: `Planning Center is not answering${saved}`,
    networkSignIn: `This network asks for a sign-in of its own: open any page in your browser${saved}`,
    signInNeeded: `Signed out by Planning Center${saved}`,
    openElsewhere: `Kept up to date by the other window of Narthex${saved}`,
    diskFull: `Nothing new can be saved: make room on the disk, then refresh${saved}`,
    notWritable: `Nothing new can be saved: this computer does not let Narthex write to its folder${saved}`,
    unreadable: `Some of Planning Center’s answers could not be read${saved}`,
  };
  return sentences[freshness];
}

/** @param {AppStatus} status */
function stock(status) {
  const { coverage, people, plans } = status;
  const what = amounts(status);
  switch (coverage.kind) {
    case "complete":
      return `complete: ${what}`;
    case "partial":
      return `not complete: ${what}. ${coverage.reason}`;
    case "noRight":
      return `${what}; no right to see the rest: ${coverage.right}`;
    case "notLoaded":
      return people + plans > 0 ? `${what} so far` : "nothing loaded yet";
  }
}

/** @param {AppStatus} status */
function amounts({ people, plans }) {
  return `${counted(people, "person", "people")}, ${counted(plans, "plan")}`;
}
