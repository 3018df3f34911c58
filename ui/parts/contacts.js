// How to reach a person: phones, e-mails, addresses, birthday.

import { element, written } from "../dom.js";
import { copyButton, openOutside } from "./outside.js";

/** @import { ContactKind, ContactView } from "../contract.d.ts" */

/**
 * What a copy is called, and the key that makes it.
 *
 * @type {Record<ContactKind, { what: string, key: string | null }>}
 */
const kinds = {
  phone: { what: "Phone number", key: "C" },
  email: { what: "E-mail address", key: "E" },
  address: { what: "Address", key: null },
};

/**
 * The first of a kind that can be used: the primary one, since those come first.
 *
 * @param {ContactView[]} contacts
 * @param {ContactKind} kind
 */
export function firstOf(contacts, kind) {
  return (
    contacts.find((contact) => contact.kind === kind && contact.href !== null) ??
    contacts.find((contact) => contact.kind === kind)
  );
}

/** @param {ContactView[]} contacts @param {string | null} birthday */
export function contactsOf(contacts, birthday) {
  const root = element("section", { class: "contacts" }, element("h2", { class: "group" }, "Contact"));
  if (contacts.length === 0)
    root.append(element("p", { class: "second empty-part" }, "No phone, e-mail or address is known."));
  const list = element("dl", { class: "facts" });
  for (const contact of contacts) list.append(rowOf(contact, contact === firstOf(contacts, contact.kind)));
  if (birthday)
    list.append(element("div", { class: "fact" }, element("dt", {}, "Birthday"), element("dd", {}, birthday)));
  if (list.childElementCount > 0) root.append(list);
  return root;
}

/** @param {ContactView} contact @param {boolean} first */
function rowOf({ kind, label, lines, href }, first) {
  const { what, key } = kinds[kind];
  const text = element("div", { class: "fact-lines selectable" });
  for (const line of lines) text.append(href === null ? written("p", line) : reach(line, href));
  const hint =
    first && key && element("kbd", { class: "key", "aria-hidden": "true", title: `${key} copies this` }, key);
  return element(
    "div",
    { class: "fact" },
    element("dt", { dir: "auto" }, label),
    element("dd", {}, text, hint, copyButton(lines.join("\n"), what)),
  );
}

/** @param {string} line @param {string} href */
function reach(line, href) {
  const made = element(
    "button",
    { type: "button", class: "reach" },
    element("span", { dir: "auto", lang: "" }, ...breakable(line)),
  );
  made.addEventListener("click", () => openOutside(href));
  return made;
}

/** Where there is no room for an e-mail address, its line ends after the at sign. @param {string} line */
function breakable(line) {
  const [name = "", ...place] = line.split(/(?<=@)/);
  return place.length > 0 ? [name, element("wbr"), ...place] : [name];
}
