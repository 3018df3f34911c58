// How people answered: always a shape, a word or a named count, and a colour.

import { element, icon } from "../dom.js";
import { figure } from "../words.js";

/** @import { StatusCounts, StatusView } from "../contract.d.ts" */

/** @param {StatusView} status */
export function statusPill(status) {
  return element(
    "span",
    { class: `pill ${status.kind}`, title: status.remark },
    icon(`status-${status.kind}`, "tiny"),
    element("span", { dir: "auto" }, status.label),
  );
}

/** @param {number} quantity */
export function neededPill(quantity) {
  return element("span", { class: "pill needed" }, icon("status-needed", "tiny"), `${figure(quantity)} needed`);
}

/** @typedef {{ kind: string, count: number, words: string }} Count */

/**
 * @param {StatusCounts} counts
 * @returns {Count[]} those that are not nought
 */
function told(counts) {
  return [
    { kind: "confirmed", count: counts.confirmed, words: "confirmed" },
    { kind: "waiting", count: counts.waiting, words: "not answered" },
    { kind: "declined", count: counts.declined, words: "declined" },
    { kind: "needed", count: counts.needed, words: "needed" },
  ].filter(({ count }) => count > 0);
}

/** Counts for a dense row; the words are there for a screen reader. @param {StatusCounts | null} counts */
export function countsLine(counts) {
  if (counts === null) {
    const quiet = element("span", { "aria-hidden": "true" }, "…");
    const spoken = element("span", { class: "unseen" }, "answers not loaded");
    return element("span", { class: "counts", title: "Answers not loaded" }, quiet, spoken);
  }
  const line = element("span", { class: "counts" });
  const some = told(counts);
  if (some.length === 0) line.append("nobody scheduled");
  for (const { kind, count, words } of some) {
    const spoken = element("span", { class: "unseen" }, ` ${words}, `);
    line.append(
      element(
        "span",
        { class: `count ${kind}`, title: `${count} ${words}` },
        icon(`status-${kind}`, "tiny"),
        figure(count),
        spoken,
      ),
    );
  }
  return line;
}

/** Counts with their words, for a page's head. @param {StatusCounts | null} counts */
export function countsPills(counts) {
  if (counts === null) return element("p", { class: "second no-pills" }, "Answers not loaded");
  const some = told(counts);
  if (some.length === 0) return element("p", { class: "second no-pills" }, "Nobody scheduled");
  const list = element("ul", { class: "pills", "aria-label": "Who stands where" });
  for (const { kind, count, words } of some) {
    list.append(element("li", { class: `pill ${kind}` }, icon(`status-${kind}`, "tiny"), `${figure(count)} ${words}`));
  }
  return list;
}
