// Waiting for the browser: time left, and every way on when it does not come back by itself.

import { button, element, replace } from "../dom.js";
import { call } from "../ipc.js";
import { copy } from "../parts/outside.js";
import { tell, tellError } from "../parts/tell.js";
import { countdown } from "../words.js";
import { noticeCard } from "./welcome.js";

/**
 * @import { ErrorView, RedirectChoice, SessionView, Words } from "../contract.d.ts"
 * @import { Step } from "./sign-in.js"
 * @typedef {Extract<SessionView, { state: "waiting" }>} Waiting
 */

/** An attempt lasts ten minutes. */
const WHOLE = 600;
const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {HTMLElement} root
 * @param {Waiting} session
 * @returns {Step}
 */
export function mount(root, session) {
  const notice = element("div", {});
  const left = element("p", { class: "second" });
  const ring = timeRing();
  const another = element("p", { class: "small-print" });
  /** @type {Words | null} */
  let told = null;
  // What stands beside the field is not said a second time above it.
  const showNotice = () => replace(notice, told && !paste.tells(told) && noticeCard(told));
  const paste = pasteForm(() => showNotice());
  const open = button(
    { id: "paste-link", "aria-expanded": "false", "aria-controls": "paste-form" },
    "Paste the return link",
    () => {
      paste.form.hidden = !paste.form.hidden;
      open.setAttribute("aria-expanded", String(!paste.form.hidden));
      showNotice();
      if (!paste.form.hidden) paste.field.focus();
    },
  );
  let ends = 0;
  let link = "";

  const tick = () => {
    const seconds = Math.max(0, (ends - performance.now()) / 1000);
    left.textContent = `${countdown(seconds)} left`;
    ring.show(seconds / WHOLE);
    if (seconds === 0) clearInterval(ticking);
  };
  /** @param {Waiting} next */
  const show = (next) => {
    link = next.link;
    ends = performance.now() + next.secondsLeft * 1000;
    told = next.notice;
    showNotice();
    replace(another, ...anotherWay(next.redirect));
    tick();
  };
  const ticking = setInterval(tick, 1000);

  root.append(
    element("h1", { class: "entry-title", tabindex: -1 }, "Continue in your browser"),
    element(
      "p",
      { class: "lead" },
      "1. Sign in to Planning Center.  2. Choose ",
      element("b", {}, "Allow"),
      ". This window comes back by itself.",
    ),
    notice,
    element(
      "div",
      { class: "waiting-card" },
      ring.svg,
      element("div", {}, element("p", { class: "strong" }, "Waiting for Planning Center"), left),
      button({ id: "cancel-sign-in" }, "Cancel", () => attempt("cancel_sign_in")),
    ),
    element(
      "div",
      { class: "buttons" },
      button({ id: "open-again" }, "Open again", () => attempt("open_browser_again", "Your browser was opened again")),
      button({ id: "copy-link" }, "Copy link", () => copy(link, "Link")),
      open,
    ),
    paste.form,
    another,
  );
  show(session);
  return { update: (next) => next.state === "waiting" && show(next), end: () => clearInterval(ticking) };
}

/**
 * @param {"cancel_sign_in" | "open_browser_again"} name
 * @param {string} [done]
 */
async function attempt(name, done) {
  try {
    await call(name);
    if (done) tell(done);
  } catch (error) {
    tellError(error);
  }
}

/** @param {RedirectChoice} redirect how this attempt returns */
function anotherWay(redirect) {
  const start = (/** @type {RedirectChoice} */ other) => async () => {
    try {
      await call("start_sign_in", { redirect: other });
    } catch (error) {
      tellError(error);
    }
  };
  if (redirect === "customScheme") {
    return [
      "Did the browser say it cannot open the link? ",
      button({ class: "link", id: "another-way" }, "Return another way", start("loopback")),
    ];
  }
  return [
    "This attempt returns by an address on this computer. ",
    button({ class: "link", id: "another-way" }, "Use the usual way", start("customScheme")),
  ];
}

/** @param {() => void} changed called when what stands beside the field is another */
function pasteForm(changed) {
  const field = element("input", {
    class: "field mono",
    id: "return-link",
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "return-link-help return-link-wrong",
  });
  const wrong = element("p", { class: "wrong", id: "return-link-wrong" });
  const form = element(
    "form",
    { class: "labelled paste", id: "paste-form", hidden: true, novalidate: true },
    element("label", { for: "return-link" }, "Return link"),
    element(
      "p",
      { class: "second", id: "return-link-help" },
      "The whole address the browser ended on, after you chose Allow.",
    ),
    element(
      "div",
      { class: "with-button" },
      field,
      element("button", { type: "submit", class: "button primary", id: "finish-by-hand" }, "Continue"),
    ),
    wrong,
  );
  /** @param {string} words */
  const refuse = (words) => {
    wrong.textContent = words;
    changed();
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const link = field.value.trim();
    if (!link) return refuse("Paste the address first.");
    field.removeAttribute("aria-invalid");
    wrong.textContent = "";
    try {
      const session = await call("finish_sign_in_by_hand", { link });
      // Still waiting: the link was not the awaited one. The notice says why; the field is where to mend it.
      if (session.state === "waiting" && session.notice) refuse(inOne(session.notice));
    } catch (error) {
      refuse(inOne(/** @type {ErrorView} */ (error)));
    }
  });
  /** @param {Words} words whether they stand beside the field, in sight */
  const tells = (words) => !form.hidden && wrong.textContent === inOne(words);
  return { form, field, tells };
}

/** @param {Words} words */
function inOne({ message, hint }) {
  return hint ? `${message} ${hint}` : message;
}

/** A ring that empties as time runs out. */
function timeRing() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 28 28");
  svg.setAttribute("class", "ring");
  svg.setAttribute("aria-hidden", "true");
  const arcs = ["whole", "left"].map((kind) => {
    const circle = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ class: kind, cx: "14", cy: "14", r: "12", pathLength: "1" }))
      circle.setAttribute(name, value);
    svg.append(circle);
    return circle;
  });
  return {
    svg,
    /** @param {number} share of the whole time */
    show: (share) => arcs[1]?.style.setProperty("stroke-dasharray", `${Math.max(0, Math.min(1, share))} 1`),
  };
}
