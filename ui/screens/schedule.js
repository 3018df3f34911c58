// Schedule: weeks and their plans.

import { currentAddress, goInstead, planAddress, wide } from "../address.js";
import { keepAsked } from "../changes.js";
import { element, replace, written } from "../dom.js";
import { call } from "../ipc.js";
import { offer } from "../keys.js";
import { Roving } from "../parts/roving.js";
import { blank, failed, failedNote, noRight, notLoaded, partialNote, skeleton } from "../parts/states.js";
import { countsLine } from "../parts/status.js";
import { dotted } from "../words.js";

/** @import { PlanListing, PlanRow, WeekView } from "../ipc.d.ts" */

/** @param {HTMLElement} root */
export function mount(root) {
  const list = element("div", { class: "weeks", id: "schedule-list" }, skeleton(8, "row"));
  const trouble = element("div", { class: "list-notes notes-list" });
  const roving = new Roving(list);
  root.append(trouble, list);
  /** @type {PlanListing | null} */
  let listing = null;

  /** @param {PlanListing} next */
  const show = (next) => {
    const first = listing === null;
    const earlierOpen = list.querySelector("details")?.open ?? false;
    listing = next;
    const top = list.scrollTop;
    replace(trouble, partialNote(next.coverage, "plans"));
    root.parentElement?.classList.toggle("nothing", next.total === 0);
    replace(list, ...listed(next, earlierOpen));
    list.scrollTop = top;
    roving.open(currentAddress().id);
    if (first) arrive();
  };
  const arrive = () => {
    const { place, id } = currentAddress();
    if (place !== "schedule") return;
    if (id === null && wide.matches && listing?.nextPlanId) goInstead(planAddress(listing.nextPlanId));
    reveal(list, id);
  };
  const follow = () => {
    const { place, id } = currentAddress();
    if (place !== "schedule") return;
    roving.open(id);
    if (id === null) arrive();
  };
  const end = keepAsked({
    ask: () => call("list_plans"),
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
  return () => {
    end();
    withdraw();
    window.removeEventListener("hashchange", follow);
  };
}

/**
 * @param {PlanListing} listing
 * @param {boolean} earlierOpen
 */
function listed({ weeks, undated, coverage, total }, earlierOpen) {
  if (coverage.kind === "noRight") return [noRight(coverage)];
  if (total === 0 && coverage.kind === "notLoaded") return [notLoaded("The plans", () => skeleton(6, "row"))];
  if (total === 0) return [blank("Nothing is planned", "Planning Center has no plan in the weeks around today. New ones appear here by themselves.")];
  const earlier = weeks.filter(({ past }) => past);
  const coming = weeks.filter(({ past }) => !past);
  const parts = [];
  if (earlier.length > 0) {
    const shut = element("details", { class: "earlier", open: earlierOpen }, element("summary", { class: "group" }, "Earlier weeks"), ...earlier.map(weekOf));
    // Opened, the latest of them is what one looks for, with this week below it.
    shut.addEventListener("toggle", () => shut.open && shut.lastElementChild?.scrollIntoView({ block: "center" }));
    parts.push(shut);
  }
  if (coming.length === 0 && undated.length === 0) parts.push(blank("Nothing is planned from today on", "New plans appear here by themselves."));
  parts.push(...coming.map(weekOf));
  if (undated.length > 0) parts.push(groupOf("No date yet", undated));
  return parts;
}

/** @param {WeekView} week */
function weekOf({ label, plans, starts }) {
  const group = groupOf(label, plans);
  group.dataset.starts = starts;
  return group;
}

/** @param {string} label @param {PlanRow[]} plans */
function groupOf(label, plans) {
  return element("section", { class: "week" }, element("h2", { class: "group" }, label), element("ul", {}, ...plans.map((plan) => element("li", {}, rowOf(plan)))));
}

/** @param {PlanRow} plan */
function rowOf({ id, weekday, day, date, serviceType, title, times, counts }) {
  const when = element("span", { class: "when", "aria-hidden": "true" }, element("span", { class: "weekday" }, weekday || "–"), element("span", { class: "day figures" }, day || " "));
  return element(
    "a",
    { class: "row plan-row", href: planAddress(id), "data-id": id, tabindex: -1 },
    when,
    element(
      "div",
      {},
      element("span", { class: "unseen" }, `${date}, `),
      written("span", dotted(serviceType, title), { class: "cut top name" }),
      element("span", { class: "under second" }, element("span", { class: "times figures" }, times), counts && countsLine(counts)),
    ),
  );
}

/** Brings a plan into view, or this week if no plan is open. @param {HTMLElement} list @param {string | null} id */
function reveal(list, id) {
  const link = id && list.querySelector(`a[data-id="${CSS.escape(id)}"]`);
  const shut = link && link.closest("details");
  if (shut) shut.open = true;
  if (link) link.scrollIntoView({ block: "nearest" });
}
