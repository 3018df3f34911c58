// Weeks of plans. In a church with hundreds of service types only those near the view are asked for and built.

import { planAddress } from "../address.js";
import { element, written } from "../dom.js";
import { dotted } from "../words.js";
import { countsLine } from "./status.js";

/** @import { PlanRow, WeekView } from "../contract.d.ts" */

/** Pixels a row takes, until it is built and takes what it needs. */
const ROW_HEIGHT = 54;
/** So many rows are built at once, and at the start what the window can show; the weeks after them when they come near. */
const AT_ONCE = 200;
/** How near, as a margin of the view. */
const NEAR = "1200px 0px";

/** The weeks of one list. */
export class Weeks {
  /** @type {Map<Element, WeekView>} */
  #weeks = new Map();
  #built = 0;
  #atOnce;
  #near;
  #ask;

  /**
   * @param {HTMLElement} scroller
   * @param {boolean} starting whether nothing is on the screen yet
   * @param {(starts: string) => void} ask has a week told whose plans are not all here
   */
  constructor(scroller, starting, ask) {
    this.#atOnce = starting ? innerHeight / ROW_HEIGHT : AT_ONCE;
    this.#ask = ask;
    this.#near = new IntersectionObserver(
      (entries) => entries.forEach(({ target, isIntersecting }) => isIntersecting && this.#reach(target)),
      { root: scroller, rootMargin: NEAR },
    );
  }

  /**
   * @param {WeekView} week
   * @param {boolean} wait whether it is built only when it comes near, however few plans it has
   */
  week(week, wait = false) {
    const list = element("ul", {});
    const section = element("section", { class: "week" }, element("h2", { class: "group" }, week.label), list);
    this.#weeks.set(list, week);
    if (!wait && this.#built < this.#atOnce) this.#build(list);
    if (list.childElementCount < week.total) {
      list.style.minBlockSize = `${week.total * ROW_HEIGHT}px`;
      this.#near.observe(list);
    }
    return section;
  }

  /** Builds the week in which a plan is. @param {string} id */
  buildWeekOf(id) {
    for (const [list, { plans }] of this.#weeks) {
      if (plans.some((plan) => plan.id === id)) this.#build(list);
    }
  }

  end() {
    this.#near.disconnect();
  }

  /** @param {Element} list */
  #reach(list) {
    this.#near.unobserve(list);
    this.#build(list);
    const week = this.#weeks.get(list);
    if (week && !isWhole(week)) this.#ask(week.starts);
  }

  /** @param {Element} list */
  #build(list) {
    const week = this.#weeks.get(list);
    if (!week || list.hasChildNodes()) return;
    this.#built += week.plans.length;
    list.append(...week.plans.map((plan) => element("li", {}, rowOf(plan))));
  }
}

/** Whether all plans of a week are here. @param {WeekView} week */
export function isWhole({ plans, total }) {
  return plans.length === total;
}

/** @param {PlanRow} plan */
function rowOf({ id, weekday, day, date, serviceType, title, times, counts }) {
  const when = element(
    "span",
    { class: "when", "aria-hidden": "true" },
    element("span", { class: "weekday" }, weekday || "–"),
    element("span", { class: "day" }, day || " "),
  );
  return element(
    "a",
    { class: "row plan-row", href: planAddress(id), "data-id": id, tabindex: -1 },
    when,
    element(
      "div",
      {},
      element("span", { class: "unseen" }, `${date}, `),
      written("span", dotted(serviceType, title), { class: "cut top name" }),
      element(
        "span",
        { class: "under second" },
        element("span", { class: "times" }, times),
        countsLine(counts),
      ),
    ),
  );
}
