// The palette: one field that finds people, plans, songs and teams, and opens what is chosen.

import { go, personAddress, planAddress } from "../address.js";
import { keepAsked } from "../changes.js";
import { button, element, icon, replace, written } from "../dom.js";
import { call } from "../ipc.js";
import { counted, dotted, figure, listed } from "../words.js";
import { faceOf } from "./face.js";
import { failedNote } from "./states.js";

/** @import { Coverage, DataTag, ErrorView, SearchGroup, SearchHit, SearchKind, SearchScope, SearchView } from "../contract.d.ts" */
/** @typedef {{ kind: SearchKind, hit: SearchHit, row: HTMLElement }} Option */

/** @type {Record<SearchKind, { one: string, many: string, heading: string }>} */
const KINDS = {
  person: { one: "person", many: "people", heading: "People" },
  plan: { one: "plan", many: "plans", heading: "Plans" },
  song: { one: "song", many: "songs", heading: "Songs" },
  team: { one: "team", many: "teams", heading: "Teams" },
};
/** Whose changes may change what is found. @type {DataTag[]} */
const TAGS = ["people", "plans", "plan", "songs"];
const ANYTHING = "Find a person, a plan, a song, a team";
/** How long typing rests before what was found is said aloud. */
const REST = 600;

/** Opens the palette, unless it is open. */
export function openPalette() {
  if (!palette()) new Palette();
}

/** Closes it, with all that it shows. */
export function closePalette() {
  palette()?.close();
}

/** @returns {HTMLDialogElement | null} */
function palette() {
  return document.querySelector("dialog.palette");
}

class Palette {
  #field = element("input", {
    class: "field",
    id: "palette-field",
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    dir: "auto",
    maxlength: 200,
    "aria-expanded": "false",
    "aria-controls": "palette-list",
    "aria-autocomplete": "list",
  });
  #about = element("div", { class: "palette-about", id: "palette-about" });
  #list = element("div", { class: "palette-list", id: "palette-list", role: "listbox", "aria-label": "Found" });
  #notes = element("div", { class: "palette-notes", id: "palette-notes" });
  /** Of its own: what lies outside of a modal dialog is not read aloud. */
  #said = element("div", { class: "unseen", role: "status", "aria-live": "polite" });
  #dialog;
  /** @type {Option[]} */
  #options = [];
  #active = -1;
  /** What is looked into, and what was typed before that. @type {{ scope: SearchScope, before: string } | null} */
  #within = null;
  /** Ends the question: no answer to it counts any more. */
  #end = () => {};
  /** What is on the screen answers the question. */
  #isAnswered = false;
  /** Enter was pressed before the answer was here. */
  #isWanted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #saying;

  constructor() {
    const head = element("div", { class: "search" }, icon("search"), this.#field);
    this.#dialog = element(
      "dialog",
      { class: "palette", "aria-label": "Find" },
      head,
      this.#about,
      this.#list,
      this.#notes,
      keysLine(),
      this.#said,
    );
    this.#field.addEventListener("input", () => this.#ask());
    this.#dialog.addEventListener("keydown", (event) => this.#press(event));
    this.#dialog.addEventListener("click", (event) => {
      // A press beside the dialog is one on the dialog itself.
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => {
      this.#end();
      clearTimeout(this.#saying);
      this.#dialog.remove();
    });
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#look(null, "");
  }

  /** Looks everywhere, or into one song or team. @param {SearchScope | null} scope @param {string} typed */
  #look(scope, typed) {
    this.#within = scope && { scope, before: this.#field.value };
    const among = scope && (scope.kind === "song" ? "Among the plans with this song" : "Among the people of this team");
    this.#field.placeholder = among ?? ANYTHING;
    this.#field.setAttribute("aria-label", among ?? ANYTHING);
    this.#field.value = typed;
    this.#field.focus();
    this.#ask();
  }

  #leave() {
    if (this.#within) this.#look(null, this.#within.before);
    else this.#dialog.close();
  }

  #ask() {
    this.#end();
    this.#isAnswered = this.#isWanted = false;
    const search = this.#field.value.trim();
    const within = this.#within?.scope ?? null;
    this.#end = keepAsked({
      ask: () => call("search", { search, within }),
      tags: TAGS,
      show: (view) => this.#show(view, search),
      fail: (error, askAgain) => this.#fail(error, askAgain),
    });
  }

  /** What was found before may not be there any more. @param {ErrorView} error @param {() => void} askAgain */
  #fail(error, askAgain) {
    this.#isAnswered = true;
    this.#isWanted = false;
    this.#options = [];
    this.#activate(-1);
    this.#field.setAttribute("aria-expanded", "false");
    replace(this.#list);
    replace(this.#notes, failedNote(error, askAgain));
  }

  /** @param {SearchView} view @param {string} search */
  #show({ about, groups }, search) {
    // When only the data changed, whoever chooses goes on where they were.
    const before = this.#isAnswered ? this.#options[this.#active] : undefined;
    const top = this.#isAnswered ? this.#list.scrollTop : 0;
    this.#isAnswered = true;
    this.#options = [];
    const found = groups.filter(({ hits }) => hits.length > 0);
    replace(this.#list, ...found.map((group) => this.#group(group)));
    const back = button({ class: "quiet small", id: "palette-back" }, [icon("back", "tiny"), "Back"], () => this.#leave());
    replace(
      this.#about,
      about && back,
      about && written("p", about.title, { class: "card-title" }),
      about && written("p", dotted(...about.facts), { class: "second" }),
    );
    const nothing = found.length === 0 && element("p", {}, nothingIn(this.#within?.scope ?? null, search));
    replace(this.#notes, nothing, ...groups.map(missingOf));
    this.#field.setAttribute("aria-expanded", String(found.length > 0));
    const same = this.#options.findIndex(({ kind, hit }) => kind === before?.kind && hit.id === before.hit.id);
    this.#activate(this.#options.length > 0 ? Math.max(same, 0) : -1);
    this.#list.scrollTop = top;
    this.#sayCount(found);
    if (this.#isWanted) this.#open();
  }

  /** @param {SearchGroup} group */
  #group({ kind, hits }) {
    const heading = element("p", { class: "group-heading", id: `palette-${kind}` }, KINDS[kind].heading);
    const rows = hits.map((hit) => {
      const at = this.#options.length;
      const leadsOn = kind === "song" || kind === "team";
      const row = element(
        "div",
        { class: "row", role: "option", id: `palette-option-${at}`, "data-id": hit.id, "aria-selected": "false" },
        hit.face && faceOf(hit.face, "dense"),
        element(
          "div",
          {},
          written("span", hit.title, { class: "cut top" }),
          hit.line && written("span", hit.line, { class: "cut second" }),
        ),
        leadsOn && icon("forward", "tiny"),
      );
      row.addEventListener("click", () => {
        this.#activate(at);
        this.#open();
      });
      this.#options.push({ kind, hit, row });
      return row;
    });
    return element("div", { role: "group", "aria-labelledby": heading.id }, heading, ...rows);
  }

  /** @param {number} index */
  #activate(index) {
    this.#options[this.#active]?.row.setAttribute("aria-selected", "false");
    this.#active = index;
    const option = this.#options[index];
    for (const { row } of this.#options) row.setAttribute("aria-selected", String(row === option?.row));
    if (!option) return this.#field.removeAttribute("aria-activedescendant");
    this.#field.setAttribute("aria-activedescendant", option.row.id);
    option.row.scrollIntoView({ block: "nearest" });
  }

  #open() {
    // What is on the screen may answer an earlier question.
    this.#isWanted = !this.#isAnswered;
    const option = this.#options[this.#active];
    if (this.#isWanted || !option) return;
    const { kind, hit } = option;
    if (kind === "song" || kind === "team") return this.#look({ kind, id: hit.id }, "");
    this.#dialog.close();
    go(kind === "person" ? personAddress(hit.id) : planAddress(hit.id));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing || event.altKey) return;
    const last = this.#options.length - 1;
    const isClosing = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (isClosing) this.#dialog.close();
    else if (event.key === "Escape") this.#leave();
    else if (event.target !== this.#field) return;
    else if (event.key === "ArrowDown") this.#activate(this.#active >= last ? Math.min(0, last) : this.#active + 1);
    else if (event.key === "ArrowUp") this.#activate(this.#active <= 0 ? last : this.#active - 1);
    else if (event.key === "PageDown") this.#activate(last);
    else if (event.key === "PageUp") this.#activate(Math.min(0, last));
    else if (event.key === "Enter") this.#open();
    else if (event.key === "Backspace" && this.#within && this.#field.value === "") this.#leave();
    else return;
    event.preventDefault();
  }

  /** @param {SearchGroup[]} found */
  #sayCount(found) {
    clearTimeout(this.#saying);
    const counts = found.map(({ kind, hits }) => counted(hits.length, KINDS[kind].one, KINDS[kind].many));
    const words = counts.length > 0 ? listed(counts) : "Nothing found";
    this.#saying = setTimeout(() => (this.#said.textContent = words), REST);
  }
}

/** What the keys do here. */
function keysLine() {
  const keys = [
    ["↑ ↓", "choose"],
    ["Enter", "open"],
    ["Esc", "back"],
  ];
  const line = element("p", { class: "palette-keys second", "aria-hidden": "true" });
  for (const [key, does] of keys) line.append(element("span", {}, element("kbd", { class: "key" }, key), ` ${does}`));
  return line;
}

/** @param {SearchScope | null} scope @param {string} search */
function nothingIn(scope, search) {
  if (search) return `Nothing found for “${search}”.`;
  if (scope?.kind === "song") return "No plan on this computer has this song.";
  if (scope?.kind === "team") return "Nobody is in this team.";
  return "Type part of a name, a title, a date or a phone number.";
}

/** What of a kind is not here, so that nothing found is not taken for nothing there. @param {SearchGroup} group */
function missingOf({ kind, coverage }) {
  const words = missingWords(coverage);
  return words && element("p", { class: "second" }, `${KINDS[kind].heading}: ${words}`);
}

/** @param {Coverage} coverage */
function missingWords(coverage) {
  switch (coverage.kind) {
    case "complete":
      return null;
    case "notLoaded":
      return "not loaded yet.";
    case "noRight":
      return `your account may not see them. ${coverage.hint}`;
    case "partial": {
      const loaded = coverage.total !== null && `${figure(coverage.loaded)} of ${figure(coverage.total)} loaded.`;
      return loaded ? `${loaded} ${coverage.reason}` : coverage.reason;
    }
  }
}
