// Plan: when, what in which order, and who.

import { addressOf, go, planAddress } from "../address.js";
import { keepAsked, now } from "../changes.js";
import { button, element, icon, replace, written } from "../dom.js";
import { call } from "../ipc.js";
import { offer } from "../keys.js";
import { orderOf, planNotes } from "../parts/order.js";
import { openOutside, planningCenterButton } from "../parts/outside.js";
import { blank, failed, failedNote, noRight, notLoaded, partialNote, skeleton } from "../parts/states.js";
import { countsPills } from "../parts/status.js";
import { teamsOf } from "../parts/team.js";
import { dotted, listed } from "../words.js";

/** @import { PlanTimeView, PlanView } from "../contract.d.ts" */

/**
 * @param {HTMLElement} root
 * @param {{ id: string | null }} params
 */
export function mount(root, { id }) {
  if (id === null) {
    root.append(blank("Choose a plan", "It opens here, with its order of service and its team."));
    return () => {};
  }
  const page = element("article", { class: "page plan", id: "plan", "data-id": id });
  const trouble = element("div", { class: "notes-list plan-trouble" });
  const order = element("div", { class: "order-place" });
  root.append(page);
  /** @type {PlanView | null} */
  let plan = null;
  let service = 0;

  /** @param {PlanView} next */
  const showOrder = (next) => {
    const choose = (/** @type {number} */ chosen) => {
      service = chosen;
      showOrder(next);
    };
    replace(order, orderOf(next, service, choose));
  };
  /** @param {PlanView} next */
  const show = (next) => {
    clearTimeout(waiting);
    const first = plan === null;
    plan = next;
    service = Math.min(service, Math.max(0, next.serviceTimes.length - 1));
    replace(
      trouble,
      partialNote(next.coverage, "parts"),
      ...next.missing.map((words) => element("p", { class: "note" }, words)),
    );
    showOrder(next);
    replace(page, backLink(), ...headOf(next), trouble, ...bodyOf(next, order));
    if (first) page.querySelector("h1")?.focus({ preventScroll: true });
  };
  const waiting = setTimeout(() => replace(page, backLink(), planSkeleton()), 60);
  const end = keepAsked({
    first: now.first?.plan?.id === id ? now.first.plan : null,
    ask: () => call("get_plan", { planId: id }),
    tags: ["plan", "plans"],
    show,
    fail: (error, again) => {
      clearTimeout(waiting);
      if (plan && error.code !== "notFound") replace(trouble, failedNote(error, again));
      else replace(page, backLink(), failed(error, again, "h1"));
    },
  });
  const withdraw = offer({
    previous: () => plan?.previousPlanId && go(planAddress(plan.previousPlanId)),
    next: () => plan?.nextPlanId && go(planAddress(plan.nextPlanId)),
    outside: () => plan && openOutside(plan.planningCenterUrl),
    print: () => window.print(),
  });
  return () => {
    clearTimeout(waiting);
    end();
    withdraw();
  };
}

function backLink() {
  return element("a", { class: "button quiet small back", href: addressOf("schedule") }, icon("back"), "Schedule");
}

/** @param {PlanView} plan */
function headOf(plan) {
  const { coverage, serviceType, title, series, date, timesLine, times, counts, planningCenterUrl } = plan;
  const steps = element(
    "div",
    { class: "buttons steps-between" },
    stepLink("Previous plan", "back", "[", plan.previousPlanId),
    stepLink("Next plan", "forward", "]", plan.nextPlanId),
  );
  const buttons = element(
    "div",
    { class: "buttons head-buttons" },
    steps,
    button({}, "Print", () => window.print()),
    planningCenterButton(planningCenterUrl),
  );
  return [
    element("header", { class: "plan-head" }, written("h1", serviceType, { class: "title", tabindex: -1 }), buttons),
    written("p", dotted(date, timesLine, title, series !== title && series), { class: "date-line" }),
    ...timesOf(times),
    coverage.kind === "notLoaded" ? null : countsPills(counts),
  ];
}

/**
 * @param {string} label
 * @param {string} picture
 * @param {string} key
 * @param {string | null} planId
 */
function stepLink(label, picture, key, planId) {
  const names = { class: "button square", "aria-label": label, title: `${label} (${key})`, "aria-keyshortcuts": key };
  if (planId !== null) return element("a", { ...names, href: planAddress(planId) }, icon(picture));
  return element("button", { ...names, type: "button", "aria-disabled": "true" }, icon(picture));
}

/**
 * Rehearsals, calls and whatever else; services too where the head's line does not tell all about them.
 *
 * @param {PlanTimeView[]} times
 */
function timesOf(times) {
  const services = times.filter(({ kind }) => kind === "service");
  const plain = new Set(services.map(({ name }) => name)).size < 2 && services.every(({ teams }) => teams.length === 0);
  const told = times.filter(({ kind }) => kind !== "service" || !plain);
  if (told.length === 0) return [];
  const list = element("ul", { class: "plan-times second", "aria-label": "Times" });
  for (const { name, day, clock, teams } of told) {
    list.append(
      element(
        "li",
        {},
        written("b", name),
        " ",
        element("span", {}, `${day}, ${clock}`),
        " ",
        teams.length > 0 && written("span", listed(teams), { class: "for-teams" }),
      ),
    );
  }
  return [list];
}

/**
 * @param {PlanView} plan
 * @param {HTMLElement} order
 */
function bodyOf({ coverage, teams, notes }, order) {
  if (coverage.kind === "noRight") return [noRight(coverage)];
  if (coverage.kind === "notLoaded") return [notLoaded("Order and team of this plan", partsSkeleton)];
  return [
    element("div", { class: "columns" }, order, element("div", { class: "beside" }, teamsOf(teams), planNotes(notes))),
  ];
}

function planSkeleton() {
  return element(
    "div",
    {},
    element(
      "div",
      { class: "skeleton title-bones", "aria-hidden": "true" },
      element("span", { class: "w-2" }),
      element("span", { class: "w-4" }),
    ),
    partsSkeleton(),
  );
}

function partsSkeleton() {
  return element(
    "div",
    { class: "columns" },
    skeleton(8, "line"),
    element("div", { class: "beside" }, skeleton(6, "row")),
  );
}
