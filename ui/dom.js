// Building and replacing parts of the page: elements, icons, text in foreign languages.

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * Makes an element. Attributes that are `null`, `undefined` or `false` are left out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children text stays text: it is never read as markup
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child) made.append(child);
  }
  return made;
}

/**
 * Makes an element for text that people wrote: it finds its own direction and claims no language.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} text
 * @param {Attributes} [attributes]
 */
export function written(tag, text, attributes = {}) {
  return element(tag, { dir: "auto", lang: "", ...attributes }, text);
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * An icon from the sprite in `index.html`. It is hidden from screen readers: a word stands beside it or on the control.
 *
 * @param {string} name
 * @param {string} [size] a further class, `tiny` for 12 pixels
 */
export function icon(name, size = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${size}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

/**
 * A button. While what it does is under way a second press does nothing.
 *
 * @param {Attributes & { class?: string }} attributes `class` is added to `button`
 * @param {Child | Child[]} label
 * @param {() => unknown} press
 */
export function button(attributes, label, press) {
  const { class: kind = "", ...rest } = attributes;
  const labels = Array.isArray(label) ? label : [label];
  const made = element(
    "button",
    { type: "button", class: kind.startsWith("link") ? kind : `button ${kind}`.trim(), ...rest },
    ...labels,
  );
  made.addEventListener("click", () => whileBusy(made, press));
  return made;
}

/**
 * Runs `work` unless it is still running from an earlier press of the same control.
 *
 * @param {HTMLElement} control
 * @param {() => unknown} work
 */
export async function whileBusy(control, work) {
  if (control.getAttribute("aria-disabled") === "true") return;
  control.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    control.removeAttribute("aria-disabled");
  }
}

/**
 * Finds an element the page cannot do without.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page lacks #${id}`);
  return found;
}

const FOCUSABLE = "a[href], button, input, summary, [tabindex]";

/**
 * Replaces what is in `root`, keeping the scroll position and, as well as it can be told, the focus.
 *
 * @param {HTMLElement} root
 * @param {...Child} children
 */
export function replace(root, ...children) {
  const scroller = root.closest(".pane") ?? root;
  // Asking for it lays the page out, which what is new has no need of.
  const top = root.hasChildNodes() ? scroller.scrollTop : 0;
  const refocus = rememberFocus(root);
  root.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
  if (top > 0) scroller.scrollTop = top;
  refocus();
}

/** @param {HTMLElement} root */
function rememberFocus(root) {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active === root || !root.contains(active)) return () => {};
  const place = [...root.querySelectorAll(FOCUSABLE)].indexOf(active);
  const { id } = active;
  const href = active.getAttribute("href");
  return () => {
    const same = id ? document.getElementById(id) : href ? root.querySelector(`a[href="${CSS.escape(href)}"]`) : null;
    const found = same ?? root.querySelectorAll(FOCUSABLE)[place];
    if (found instanceof HTMLElement) found.focus({ preventScroll: true });
  };
}
