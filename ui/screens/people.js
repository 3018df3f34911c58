// People: a field to find them, and everybody by name.

import { currentAddress, go, personAddress } from "../address.js";
import { whenChanged } from "../changes.js";
import { byId, element, icon, replace } from "../dom.js";
import { call } from "../ipc.js";
import { offer } from "../keys.js";
import { fillFace } from "../parts/face.js";
import { VirtualList } from "../parts/list.js";
import { blank, failed, failedNote, noRight, notLoaded, partialNote, skeleton } from "../parts/states.js";
import { announce } from "../parts/tell.js";
import { counted, dotted, figure } from "../words.js";

/** @import { ErrorView, PeopleListing, PersonRow } from "../contract.d.ts" */

const ROW_HEIGHT = 54;
/** How long typing rests before the number of people found is said aloud. */
const REST = 600;

/** @param {HTMLElement} root */
export function mount(root) {
  const field = element("input", {
    class: "field",
    id: "people-search",
    type: "text",
    role: "combobox",
    placeholder: "Name, phone or e-mail",
    autocomplete: "off",
    spellcheck: "false",
    dir: "auto",
    "aria-label": "Find a person",
    "aria-keyshortcuts": "/",
    "aria-expanded": "true",
    "aria-controls": "people-list",
    "aria-autocomplete": "list",
  });
  const count = element("span", { class: "found", "aria-hidden": "true" });
  const trouble = element("div", { class: "list-notes notes-list" });
  const instead = element("div", { class: "instead" }, skeleton(10, "row"));
  const scroller = element("div", {
    class: "people",
    id: "people-list",
    role: "listbox",
    tabindex: 0,
    "aria-label": "People",
  });
  root.parentElement?.classList.add("nothing");
  root.append(element("div", { class: "search" }, icon("search"), field, count), trouble, instead, scroller);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let saying;
  /** @param {PeopleListing} listing @param {string} search */
  const showAbout = ({ total, coverage }, search) => {
    count.textContent = total > 0 ? figure(total) : "";
    replace(trouble, partialNote(coverage, "people"));
    const nothing = total === 0 && nothingThere(coverage, search);
    replace(instead, ...(nothing || []));
    instead.hidden = !nothing;
    scroller.hidden = total === 0;
    root.parentElement?.classList.toggle("nothing", total === 0 && search === "");
    field.setAttribute("aria-expanded", String(total > 0));
    clearTimeout(saying);
    if (search)
      saying = setTimeout(
        () => announce(total === 0 ? "Nobody found" : `${counted(total, "person", "people")} found`),
        REST,
      );
  };
  /** @type {VirtualList<PersonRow>} */
  const list = new VirtualList({
    scroller,
    template: /** @type {HTMLTemplateElement} */ (byId("person-row-template")),
    rowHeight: ROW_HEIGHT,
    fill,
    ask: async (offset, limit) => {
      const search = field.value.trim();
      const listing = await call("list_people", { search, offset, limit });
      if (search === field.value.trim()) showAbout(listing, search);
      return listing;
    },
    open: ({ id }) => go(personAddress(id)),
    activated: (index) => {
      for (const control of [field, scroller]) {
        if (index < 0) control.removeAttribute("aria-activedescendant");
        else control.setAttribute("aria-activedescendant", `people-list-${index}`);
      }
    },
    failed: (error) => {
      const again = () => list.reset({ keep: true });
      const view = /** @type {ErrorView} */ (error);
      if (list.total > 0) replace(trouble, failedNote(view, again));
      else replace(instead, failed(view, again));
      root.parentElement?.classList.toggle("nothing", list.total === 0);
    },
  });

  field.addEventListener("input", () => list.reset({ keep: false }));
  for (const control of [field, scroller]) control.addEventListener("keydown", (event) => press(event, list, field));
  const follow = () => list.repaint();
  window.addEventListener("hashchange", follow);
  const end = whenChanged(["people"], () => list.reset({ keep: true }));
  const step = (/** @type {"ArrowDown" | "ArrowUp"} */ key) => () => {
    scroller.focus({ preventScroll: true });
    list.move(key);
  };
  const withdraw = offer({ down: step("ArrowDown"), up: step("ArrowUp") });
  list.reset({ keep: false });
  return () => {
    clearTimeout(saying);
    window.removeEventListener("hashchange", follow);
    end();
    withdraw();
    list.end();
  };
}

/**
 * @param {KeyboardEvent} event
 * @param {VirtualList<PersonRow>} list
 * @param {HTMLInputElement} field
 */
function press(event, list, field) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target === field;
  switch (event.key) {
    case "Home":
    case "End":
      // In the field these move the caret.
      if (typing) return;
      list.move(event.key);
      break;
    case "ArrowDown":
    case "ArrowUp":
    case "PageDown":
    case "PageUp":
      list.move(event.key);
      break;
    case "Enter":
      list.openActive();
      break;
    case "Escape":
      if (!typing || field.value === "") return;
      field.value = "";
      list.reset({ keep: false });
      break;
    default:
      return;
  }
  event.preventDefault();
}

/** @param {HTMLElement} row @param {PersonRow | null} person */
function fill(row, person) {
  const [face, text] = row.children;
  const [name, line] = text?.children ?? [];
  if (!(face instanceof HTMLElement) || !name || !line) return;
  const open = person !== null && currentAddress().id === person.id;
  row.classList.toggle("loading", person === null);
  row.setAttribute("aria-selected", String(open));
  row.dataset.id = person?.id ?? "";
  name.textContent = person?.name ?? "";
  line.textContent = person ? dotted(person.inactive && "Inactive", person.line) : "";
  fillFace(face, person?.face ?? { initials: "", tint: 0 });
  if (person === null) row.setAttribute("aria-label", "Loading");
  else row.removeAttribute("aria-label");
}

/**
 * Why nobody is listed: no right, not loaded, nobody found, or nobody there.
 *
 * @param {PeopleListing["coverage"]} coverage
 * @param {string} search
 */
function nothingThere(coverage, search) {
  if (coverage.kind === "noRight") return [noRight(coverage)];
  if (coverage.kind === "notLoaded") return [notLoaded("The people", () => skeleton(6, "row"))];
  if (search) {
    const so =
      coverage.kind === "partial"
        ? "Not everybody is loaded yet, so this may change."
        : "Part of a name, a phone number or an e-mail address will do.";
    return [blank(`Nobody found for “${search}”`, so)];
  }
  return [blank("Nobody is here", "Planning Center has no people in this church.")];
}
