// A list of links with one tab stop: arrows, Home and End move within it.

/** Keeps which link of a list is reached by Tab, and moves the focus along the list. */
export class Roving {
  #root;

  /** @param {HTMLElement} root the links in it that carry `data-id` are the list */
  constructor(root) {
    this.#root = root;
    root.addEventListener("keydown", (event) => {
      const act = {
        ArrowDown: () => this.move(1),
        ArrowUp: () => this.move(-1),
        Home: () => this.#focus(0),
        End: () => this.#focus(-1),
      }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
    root.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLElement && target.dataset.id) this.#stopAt(target);
    });
  }

  /** Marks the link that is open, and makes it the tab stop. @param {string | null} id */
  open(id) {
    const links = this.#links();
    for (const link of links) {
      if (link.dataset.id === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const stop = links.find((link) => link.dataset.id === id) ?? links[0];
    if (stop) this.#stopAt(stop);
  }

  /** Moves the focus down (1) or up (-1) from where the tab stop is. @param {number} by */
  move(by) {
    const links = this.#links();
    const here = links.findIndex((link) => link.tabIndex === 0);
    const inside = this.#root.contains(document.activeElement);
    this.#focus(Math.max(0, Math.min(links.length - 1, inside ? here + by : here)));
  }

  /** @param {number} at counted from the end if negative */
  #focus(at) {
    const link = this.#links().at(at);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement} link */
  #stopAt(link) {
    for (const other of this.#links()) other.tabIndex = -1;
    link.tabIndex = 0;
  }

  /** @returns {HTMLElement[]} */
  #links() {
    const links = /** @type {NodeListOf<HTMLElement>} */ (this.#root.querySelectorAll("a[data-id]"));
    return [...links].filter((link) => !link.closest("details:not([open])"));
  }
}
