// Weeks of plans. In a church with hundreds of service types only those near the view are built.

import { planAddress } from "../address.js";
import { element, written } from "../dom.js";
import { dotted } from "../words.js";
import { countsLine } from "./status.js";

/** @import { PlanRow } from "../contract.d.ts" */

/** Pixels a row takes, until it is built and takes what it needs. */
const ROW_HEIGHT = 54;
/** So many rows are built at once, and at the start what the window can show; the weeks after them when they come near. */
const AT_ONCE = 200;
/** How near, as a margin of the view. */
const NEAR = "1200px 0px";

/** The weeks of one list. */
export class Weeks {
  /** @type {Map<Element, PlanRow[]>} */
  #unbuilt = new Map();
  #built = 0;
  #atOnce;
  #near;

  /** @param {HTMLElement} scroller @param {boolean} starting whether nothing is on the screen yet */
  constructor(scroller, starting) {
    this.#atOnce = starting ? innerHeight / ROW_HEIGHT : AT_ONCE;
    this.#near = new IntersectionObserver(
      (entries) => entries.forEach(({ target, isIntersecting }) => isIntersecting && this.#build(target)),
      { root: scroller, rootMargin: NEAR },
    );
  }

  /**
   * @param {string} label
   * @param {PlanRow[]} plans
   * @param {boolean} wait whether it is built only when it comes near, however few there are
   */
  week(label, plans, wait = false) {
    const list = element("ul", {});
    const section = element("section", { class: "week" }, element("h2", { class: "group" }, label), list);
    this.#unbuilt.set(list, plans);
    if (!wait && this.#built < this.#atOnce) {
      this.#build(list);
    } else {
      list.style.minBlockSize = `${plans.length * ROW_HEIGHT}px`;
      this.#near.observe(list);
    }
    return section;
  }

  /** Builds the week in which a plan is. @param {string} id */
  buildWeekOf(id) {
    for (const [list, plans] of [...this.#unbuilt]) {
      if (plans.some((plan) => plan.id === id)) this.#build(list);
    }
  }

  end() {
    this.#near.disconnect();
  }

  /** @param {Element} list */
  #build(list) {
    const plans = this.#unbuilt.get(list);
    if (!plans) return;
    this.#unbuilt.delete(list);
    this.#near.unobserve(list);
    this.#built += plans.length;
    list.append(...plans.map((plan) => element("li", {}, rowOf(plan))));
  }
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
