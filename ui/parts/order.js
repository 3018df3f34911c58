// The order of service, with the clock of one of the services.

import { element, written } from "../dom.js";

/** @import { ItemView, NoteView, OrderSection, PlanView } from "../contract.d.ts" */

/**
 * @param {Pick<PlanView, "order" | "serviceTimes" | "totalLength">} plan
 * @param {number} service which of the service times the clock follows
 * @param {(service: number) => void} choose
 */
export function orderOf({ order, serviceTimes, totalLength }, service, choose) {
  const root = element(
    "section",
    { class: "order", "aria-label": "Order of service" },
    element(
      "div",
      { class: "part-head" },
      element("h2", { class: "card-title" }, "Order of service"),
      order.length > 0 && serviceTimes.length > 1 && serviceChoice(serviceTimes, service, choose),
      order.length > 0 && element("span", { class: "second total" }, totalLength),
      serviceTimes.length > 1 &&
        element("p", { class: "second on-paper" }, `Clock times of the ${serviceTimes[service] ?? ""} service`),
    ),
  );
  if (order.length === 0)
    root.append(element("p", { class: "second empty-part" }, "Nothing is in the order of service yet."));
  for (const section of order) root.append(sectionOf(section, service));
  return root;
}

/**
 * @param {string[]} times
 * @param {number} service
 * @param {(service: number) => void} choose
 */
function serviceChoice(times, service, choose) {
  const group = element(
    "fieldset",
    { class: "segments" },
    element("legend", { class: "unseen" }, "Clock times of which service"),
  );
  times.forEach((time, at) => {
    const input = element("input", {
      type: "radio",
      name: "service-time",
      value: at,
      id: `service-time-${at}`,
      checked: at === service,
    });
    input.addEventListener("change", () => choose(at));
    group.append(element("label", { class: "segment" }, input, element("span", {}, time)));
  });
  return group;
}

/** @param {OrderSection} section @param {number} service */
function sectionOf({ heading, items }, service) {
  const table = element(
    "table",
    { class: "items" },
    element("caption", { class: "group" }, heading),
    element(
      "colgroup",
      {},
      element("col", { class: "clock" }),
      element("col", {}),
      element("col", { class: "length" }),
    ),
    element(
      "thead",
      { class: "unseen" },
      element("tr", {}, ...["Begins", "What", "Length"].map((name) => element("th", { scope: "col" }, name))),
    ),
  );
  table.append(element("tbody", {}, ...items.map((item) => rowOf(item, service))));
  return table;
}

/** @param {ItemView} item @param {number} service */
function rowOf(item, service) {
  if (item.kind === "header") {
    return element(
      "tr",
      { class: "item header", "data-id": item.id },
      element("th", { colspan: 3, scope: "colgroup" }, written("span", item.title), ...below(item)),
    );
  }
  const clock = item.clocks[service] ?? "";
  const left = item.clocks.length > 0 && clock === "";
  return element(
    "tr",
    { class: `item ${item.kind}${left ? " left-out" : ""}`, "data-id": item.id },
    element(
      "td",
      { class: "clock" },
      clock || (left && element("span", { class: "unseen" }, "left out of this service")),
    ),
    element(
      "td",
      {},
      written("span", item.title, { class: "strong" }),
      item.key && " ",
      item.key && element("kbd", { class: "key", title: "Key" }, element("span", { class: "unseen" }, "in "), item.key),
      left && element("span", { class: "second" }, " not at this service"),
      ...below(item),
    ),
    element("td", { class: "length" }, item.length),
  );
}

/** What stands under an item's title. @param {ItemView} item */
function below({ arrangement, description, notes }) {
  const parts = [];
  if (arrangement) parts.push(written("p", arrangement, { class: "second" }));
  for (const paragraph of description) parts.push(written("p", paragraph, { class: "second" }));
  for (const note of notes) parts.push(noteLine(note));
  return parts;
}

/** @param {NoteView} note */
function noteLine({ category, paragraphs }) {
  return element(
    "p",
    { class: "second item-note" },
    written("b", category),
    " ",
    written("span", paragraphs.join("\n")),
  );
}

/** The plan's own notes. @param {NoteView[]} notes */
export function planNotes(notes) {
  if (notes.length === 0) return null;
  const root = element("section", { class: "plan-notes" }, element("h2", { class: "card-title" }, "Notes"));
  for (const { category, paragraphs } of notes) {
    root.append(
      element(
        "div",
        { class: "plan-note" },
        written("h3", category, { class: "group" }),
        ...paragraphs.map((text) => written("p", text)),
      ),
    );
  }
  return root;
}
