// The frame of every screen after sign-in: rail, list and detail, and which of them is in front.

import { addressOf, currentAddress, go, wide } from "../address.js";
import { afterPaint, now } from "../changes.js";
import { byId, element, icon } from "../dom.js";
import { offer } from "../keys.js";
import { routes } from "../routes.js";
import { withControl } from "../words.js";
import { openHelp } from "./help.js";
import { closePalette, openPalette } from "./palette.js";
import { refresh } from "./states.js";

/** @import { SessionView } from "../contract.d.ts" */
/** @import { Route } from "../routes.js" */

/** Shows the place that the address names, as long as somebody is signed in. */
export class Frame {
  /** @type {Route | null} */
  #route = null;
  /** @type {string | null | undefined} */
  #id;
  #endList = () => {};
  #endDetail = () => {};
  #withdraw = () => {};
  #follow = () => this.#open();

  constructor() {
    const places = byId("places");
    const gap = places.querySelector(".gap");
    for (const route of routes) places.insertBefore(placeLink(route), route.atFoot ? byId("open-help") : gap);
    byId("open-help").addEventListener("click", openHelp);
    byId("open-palette").addEventListener("click", openPalette);
    byId("open-palette").querySelector("kbd")?.append(withControl("K"));
  }

  /** Brings the frame up and opens the place. */
  start() {
    byId("frame").hidden = false;
    window.addEventListener("hashchange", this.#follow);
    this.#withdraw = offer({
      schedule: () => go(addressOf("schedule")),
      people: () => go(addressOf("people")),
      settings: () => go(addressOf("settings")),
      palette: openPalette,
      find: findPerson,
      help: openHelp,
      back: goBack,
      nextPane: focusNextPane,
      refresh,
    });
    this.#open();
  }

  /** Takes the frame and the screens in it down. */
  stop() {
    window.removeEventListener("hashchange", this.#follow);
    this.#withdraw();
    closePalette();
    this.#endDetail();
    this.#endList();
    this.#endList = this.#endDetail = () => {};
    this.#route = null;
    this.#id = undefined;
    byId("list").replaceChildren();
    byId("detail").replaceChildren();
    byId("frame").hidden = true;
    document.title = "Narthex";
  }

  #open() {
    const { place, id } = currentAddress();
    const route = routes.find(({ path }) => path === place) ?? routes[0];
    if (!route || (route === this.#route && id === this.#id)) return;
    const main = byId("main");
    main.classList.toggle("whole", !route.list);
    main.classList.toggle("at-detail", !route.list || id !== null);
    main.classList.toggle("at-list", Boolean(route.list) && id === null);
    const before = this.#id ?? null;
    this.#id = id;
    if (route !== this.#route) this.#openList(route);
    else if (id === null) focusList(before);
    this.#endDetail();
    const detail = byId("detail");
    detail.replaceChildren();
    detail.scrollTop = 0;
    detail.setAttribute("aria-label", route.list ? `${route.title}: details` : route.title);
    const mount = () => {
      this.#endDetail = route.detail.mount(detail, { id });
    };
    // At the start the list is there to be used while its detail is still being put together.
    if (now.first && route.list && wide.matches) this.#endDetail = afterPaint(mount);
    else mount();
  }

  /** @param {Route} route */
  #openList(route) {
    this.#endList();
    this.#route = route;
    const list = byId("list");
    list.replaceChildren();
    byId("main").classList.remove("nothing");
    list.setAttribute("aria-label", route.title);
    if (!route.list) {
      this.#endList = () => {};
    } else {
      const heading = element("h1", { class: "unseen", tabindex: -1 }, route.title);
      list.append(heading);
      this.#endList = route.list.mount(list, { id: this.#id ?? null });
      if (this.#id === null) heading.focus({ preventScroll: true });
    }
    document.title = `${route.title} · Narthex`;
    for (const { path } of routes) {
      const link = byId(`nav-${path}`);
      if (path === route.path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

/**
 * Shows church and person on top of the rail.
 *
 * @param {Extract<SessionView, { state: "signedIn" }>} session
 */
export function showChurch({ account, needsSignIn }) {
  byId("church-name").textContent = account.church;
  byId("church-state").textContent = account.practice ? "Practice church" : needsSignIn ? "Signed out" : account.name;
}

/** @param {Route} route */
function placeLink({ path, title, keys, shown }) {
  return element(
    "a",
    { class: "place", id: `nav-${path}`, href: addressOf(path), "aria-keyshortcuts": keys },
    icon(path),
    element("span", {}, title),
    element("kbd", { "aria-hidden": "true" }, shown),
  );
}

function findPerson() {
  if (currentAddress().place !== "people" || byId("list").checkVisibility() === false) go(addressOf("people"));
  // Once the address has been followed.
  setTimeout(() => document.getElementById("people-search")?.focus());
}

function goBack() {
  const { place, id } = currentAddress();
  if (!byId("list").checkVisibility() && id !== null) go(addressOf(place));
  else focusList(id);
}

/** Focuses the list where it stood: at the row of `id`, if it has one. @param {string | null} id */
function focusList(id) {
  const list = byId("list");
  const row = id === null ? null : list.querySelector(`a[data-id="${CSS.escape(id)}"]`);
  const stop = row ?? list.querySelector('[role="listbox"], a[tabindex="0"]');
  if (stop instanceof HTMLElement) stop.focus();
}

/** Focuses the next pane that has something to stand on; a pane with nothing in it is passed over. */
function focusNextPane() {
  const panes = [byId("rail"), byId("list"), byId("detail"), byId("freshness")].filter((pane) =>
    pane.checkVisibility(),
  );
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  [...panes.slice(here + 1), ...panes.slice(0, Math.max(here, 0))].some(enterPane);
}

/** @param {HTMLElement} pane @returns {boolean} whether the focus is in it now */
function enterPane(pane) {
  if (pane.id === "list") focusList(currentAddress().id);
  for (const stop of pane.querySelectorAll("[aria-current], h1[tabindex], a[href], button, input")) {
    if (pane.contains(document.activeElement)) break;
    if (stop instanceof HTMLElement) stop.focus();
  }
  return pane.contains(document.activeElement);
}
