// Schedule: weeks and their plans.

import { currentAddress, goInstead, planAddress, wide } from "../address.js";
import { keepAsked, now } from "../changes.js";
import { element, replace } from "../dom.js";
import { call } from "../ipc.js";
import { offer } from "../keys.js";
import { Roving } from "../parts/roving.js";
import { blank, failed, failedNote, noRight, notLoaded, partialNote, skeleton } from "../parts/states.js";
import { isWhole, Weeks } from "../parts/weeks.js";

/** @import { PlanListing, PlanRow, WeekView } from "../contract.d.ts" */

/** @param {HTMLElement} root */
export function mount(root) {
  const list = element("div", { class: "weeks", id: "schedule-list" }, !now.first?.plans && skeleton(8, "row"));
  const trouble = element("div", { class: "list-notes notes-list" });
  const roving = new Roving(list);
  root.parentElement?.classList.add("nothing");
  root.append(trouble, list);
  /** @type {PlanListing | null} */
  let listing = null;
  /** @type {Weeks | null} */
  let weeks = null;
  /** The Mondays of the weeks that came near the view. @type {Set<string>} */
  const reached = new Set();
  /** The open plan, while its week is asked for. @type {string | null} */
  let sought = null;
  let askAgain = () => {};

  /** @param {PlanListing} next @param {() => void} again */
  const show = (next, again) => {
    askAgain = again;
    const { id } = currentAddress();
    const arriving = !listing?.nextPlanId;
    const earlierOpen = list.querySelector("details")?.open ?? false;
    const top = listing === null ? 0 : list.scrollTop;
    listing = next;
    weeks?.end();
    weeks = new Weeks(list, now.first !== null, (starts) => {
      reached.add(starts);
      again();
    });
    replace(trouble, partialNote(next.coverage, "plans"));
    root.parentElement?.classList.toggle("nothing", next.total === 0);
    replace(list, ...partsOf(next, weeks, earlierOpen));
    if (top > 0) list.scrollTop = top;
    if (id !== null) weeks.buildWeekOf(id);
    if (arriving) return follow();
    if (sought === id) reveal(list, weeks, id);
    sought = null;
    roving.open(id);
  };
  const follow = () => {
    const { place, id } = currentAddress();
    if (place !== "schedule") return;
    const isThere = reveal(list, weeks, id);
    if (!isThere && !listing?.weeks.every(isWhole)) {
      sought = id;
      askAgain();
    }
    roving.open(id);
    const next = listing && nextAddress(listing);
    if (next) goInstead(next);
  };
  const end = keepAsked({
    first: now.first?.plans ?? null,
    isWhole: ({ weeks, undated, total }) =>
      weeks.reduce((count, { plans }) => count + plans.length, undated.length) === total,
    ask: () => call("list_plans", { weeks: [...reached], planId: currentAddress().id }),
    tags: ["plans"],
    show,
    fail: (error, again) => {
      root.parentElement?.classList.toggle("nothing", listing === null);
      if (listing) replace(trouble, failedNote(error, again));
      else replace(list, failed(error, again));
    },
  });
  const withdraw = offer({ down: () => roving.move(1), up: () => roving.move(-1) });
  window.addEventListener("hashchange", follow);
  wide.addEventListener("change", follow);
  return () => {
    end();
    weeks?.end();
    withdraw();
    window.removeEventListener("hashchange", follow);
    wide.removeEventListener("change", follow);
  };
}

/**
 * Where the schedule goes by itself: to its next plan, when no plan is open and there is room for one beside it.
 *
 * @param {PlanListing} listing
 */
export function nextAddress({ nextPlanId }) {
  const { place, id } = currentAddress();
  return place === "schedule" && id === null && wide.matches && nextPlanId !== null ? planAddress(nextPlanId) : null;
}

/**
 * @param {PlanListing} listing
 * @param {Weeks} weeks
 * @param {boolean} earlierOpen
 */
function partsOf({ weeks: all, undated, coverage, total }, weeks, earlierOpen) {
  if (coverage.kind === "noRight") return [noRight(coverage)];
  if (total === 0 && coverage.kind === "notLoaded") return [notLoaded("The plans", () => skeleton(6, "row"))];
  if (total === 0)
    return [
      blank(
        "Nothing is planned",
        "Planning Center has no plan in the weeks around today. New ones appear here by themselves.",
      ),
    ];
  const earlier = all.filter(({ past }) => past);
  const coming = all.filter(({ past }) => !past);
  const parts = [];
  if (earlier.length > 0) parts.push(earlierOf(earlier, weeks, earlierOpen));
  if (coming.length === 0 && undated.length === 0)
    parts.push(blank("Nothing is planned from today on", "New plans appear here by themselves."));
  for (const week of coming) parts.push(weeks.week(week));
  if (undated.length > 0) parts.push(weeks.week(undatedOf(undated)));
  return parts;
}

/**
 * @param {WeekView[]} earlier
 * @param {Weeks} weeks
 * @param {boolean} open
 */
function earlierOf(earlier, weeks, open) {
  const shut = element(
    "details",
    { class: "earlier", open },
    element("summary", { class: "group" }, "Earlier weeks"),
    ...earlier.map((week) => weeks.week(week, true)),
  );
  // Opened, the latest of them is what one looks for, unless the open plan is among them.
  shut.addEventListener("toggle", () => {
    if (!shut.open || open) return;
    const current = shut.querySelector("[aria-current]");
    if (current) current.scrollIntoView({ block: "nearest" });
    else shut.lastElementChild?.scrollIntoView({ block: "center" });
  });
  return shut;
}

/** @param {PlanRow[]} plans @returns {WeekView} */
function undatedOf(plans) {
  return { label: "No date yet", starts: "", past: false, total: plans.length, plans };
}

/**
 * Brings a plan into view.
 *
 * @param {HTMLElement} list
 * @param {Weeks | null} weeks
 * @param {string | null} id
 * @returns {boolean} whether it is in the list; no plan is
 */
function reveal(list, weeks, id) {
  if (id === null) return true;
  weeks?.buildWeekOf(id);
  const link = list.querySelector(`a[data-id="${CSS.escape(id)}"]`);
  const shut = link?.closest("details");
  if (shut) shut.open = true;
  link?.scrollIntoView({ block: "nearest" });
  return link !== null;
}
