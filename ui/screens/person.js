// Person: how to reach them, with whom they live, where and when they serve.

import { addressOf, personAddress, planAddress } from "../address.js";
import { keepAsked } from "../changes.js";
import { button, element, icon, replace, written } from "../dom.js";
import { call } from "../ipc.js";
import { offer } from "../keys.js";
import { contactsOf, firstOf } from "../parts/contacts.js";
import { faceOf } from "../parts/face.js";
import { copy, openOutside, planningCenterButton } from "../parts/outside.js";
import { blank, failed, failedNote, noRight, notLoaded, skeleton } from "../parts/states.js";
import { statusPill } from "../parts/status.js";
import { tell } from "../parts/tell.js";
import { dotted } from "../words.js";

/** @import { ContactKind, HouseholdView, PersonRow, PersonTeamView, PersonView, ServingView } from "../contract.d.ts" */

/**
 * @param {HTMLElement} root
 * @param {{ id: string | null }} params
 */
export function mount(root, { id }) {
  if (id === null) {
    root.append(blank("Choose a person", "Or press / and type a part of a name, a phone number or an e-mail address."));
    return () => {};
  }
  const card = element("article", { class: "page person", id: "person-card", "data-id": id });
  const trouble = element("div", { class: "notes-list" });
  root.append(card);
  /** @type {PersonView | null} */
  let person = null;
  const waiting = setTimeout(() => replace(card, backLink(), cardSkeleton()), 60);
  const end = keepAsked({
    ask: () => call("get_person", { personId: id }),
    tags: ["people", "plans", "plan"],
    show: (next) => {
      clearTimeout(waiting);
      const first = person === null;
      person = next;
      replace(trouble, ...next.missing.map((words) => element("p", { class: "note" }, words)));
      replace(card, backLink(), headOf(next), trouble, ...bodyOf(next));
      if (first) card.querySelector("h1")?.focus({ preventScroll: true });
    },
    fail: (error, again) => {
      clearTimeout(waiting);
      if (person && error.code !== "notFound") replace(trouble, failedNote(error, again));
      else replace(card, backLink(), failed(error, again, "h1"));
    },
  });
  const copyFirst = (/** @type {ContactKind} */ kind, /** @type {string} */ what) => () => {
    const contact = person && firstOf(person.contacts, kind);
    if (contact) copy(contact.lines.join("\n"), what);
    else tell(`No ${what.toLowerCase()} is known`);
  };
  const withdraw = offer({
    copyPhone: copyFirst("phone", "Phone number"),
    copyEmail: copyFirst("email", "E-mail address"),
    outside: () => person && openOutside(person.planningCenterUrl),
  });
  return () => {
    clearTimeout(waiting);
    end();
    withdraw();
  };
}

function backLink() {
  return element("a", { class: "button quiet small back", href: addressOf("people") }, icon("back"), "People");
}

/** @param {PersonView} person */
function headOf({ name, headline, face, contacts, planningCenterUrl }) {
  const phone = firstOf(contacts, "phone")?.href;
  const email = firstOf(contacts, "email")?.href;
  const buttons = element("div", { class: "buttons head-buttons" });
  if (phone) buttons.append(button({ class: "primary", id: "call-person" }, "Call", () => openOutside(phone)));
  if (email)
    buttons.append(button({ class: phone ? "" : "primary", id: "mail-person" }, "E-mail", () => openOutside(email)));
  buttons.append(planningCenterButton(planningCenterUrl));
  return element(
    "header",
    { class: "person-head" },
    faceOf(face, "large"),
    element(
      "div",
      { class: "head-words" },
      written("h1", name, { class: "title name", tabindex: -1 }),
      headline && element("p", { class: "headline", dir: "auto" }, headline),
    ),
    buttons,
  );
}

/** @param {PersonView} person */
function bodyOf(person) {
  if (person.coverage.kind === "noRight") return [noRight(person.coverage)];
  if (person.coverage.kind === "notLoaded") return [notLoaded("This person’s details", () => skeleton(5, "line"))];
  const left = element(
    "div",
    { class: "person-column" },
    contactsOf(person.contacts, person.birthday),
    ...person.households.map(householdOf),
  );
  const right = element("div", { class: "person-column" }, servingOf(person), teamsOf(person.teams));
  return [element("div", { class: "person-columns" }, left, right)];
}

/** @param {HouseholdView} household */
function householdOf({ name, members }) {
  const list = element("ul", { class: "household" }, ...members.map(memberOf));
  return element(
    "section",
    {},
    element("h2", { class: "group" }, element("span", { class: "unseen" }, "Household: "), written("span", name)),
    members.length > 0 ? list : element("p", { class: "second empty-part" }, "Nobody else lives here."),
  );
}

/** @param {PersonRow} member */
function memberOf({ id, name, line, face, inactive }) {
  const words = element(
    "div",
    {},
    written("span", name, { class: "cut top name" }),
    element("span", { class: "cut second", dir: "auto" }, dotted(inactive && "Inactive", line)),
  );
  return element(
    "li",
    {},
    element("a", { class: "row person-link", href: personAddress(id), "data-id": id }, faceOf(face, "dense"), words),
  );
}

/** @param {PersonView} person */
function servingOf({ serving, lastServed }) {
  const root = element("section", {}, element("h2", { class: "group" }, "Serving"));
  if (serving.length === 0) root.append(element("p", { class: "second empty-part" }, "No date from today on."));
  else root.append(element("ul", { class: "serving" }, ...serving.map(dateOf)));
  if (lastServed) root.append(element("p", { class: "second last-served" }, `Last served on ${lastServed}`));
  return root;
}

/** @param {ServingView} date */
function dateOf({ planId, title, line, status }) {
  const words = element(
    "div",
    {},
    element("a", { class: "date-link strong", href: planAddress(planId), dir: "auto" }, title),
    element("p", { class: "second", dir: "auto" }, line),
    status.remark && written("p", status.remark, { class: "second remark" }),
  );
  return element("li", { "data-id": planId }, words, statusPill(status));
}

/** @param {PersonTeamView[]} teams */
function teamsOf(teams) {
  if (teams.length === 0) return null;
  const list = element("dl", { class: "facts" });
  for (const { name, serviceType, positions } of teams) {
    const what = element(
      "dd",
      {},
      element(
        "div",
        {},
        element("p", { dir: "auto" }, positions.length > 0 ? positions.join(", ") : "Any position"),
        element("p", { class: "second", dir: "auto" }, serviceType),
      ),
    );
    list.append(element("div", { class: "fact" }, written("dt", name), what));
  }
  return element("section", {}, element("h2", { class: "group" }, "Teams"), list);
}

function cardSkeleton() {
  const head = element(
    "div",
    { class: "person-head" },
    element("span", { class: "face large bone-face" }),
    element(
      "div",
      { class: "head-words skeleton title-bones", "aria-hidden": "true" },
      element("span", { class: "w-2" }),
      element("span", { class: "w-4" }),
    ),
  );
  return element(
    "div",
    {},
    head,
    element("div", { class: "person-columns" }, skeleton(5, "line"), skeleton(4, "line")),
  );
}
