// A list of any length: one spacer, some forty recycled rows, pages asked for as they come into view.

/**
 * @template Item
 * @typedef {object} Wishes
 * @property {HTMLElement} scroller a listbox that scrolls
 * @property {HTMLTemplateElement} template one row
 * @property {number} rowHeight pixels, the same for every row
 * @property {(row: HTMLElement, item: Item | null) => void} fill `null` while the row is not here yet
 * @property {(offset: number, limit: number) => Promise<{ items: Item[], total: number }>} ask
 * @property {(item: Item) => void} open
 * @property {(index: number) => void} activated the row the keyboard stands on changed; -1 for none
 * @property {(error: unknown) => void} failed
 */

const PAGE = 100;
const IN_FLIGHT = 2;
const ROWS = 40;
const PAGES_KEPT = 40;

/** @template Item */
export class VirtualList {
  #wishes;
  #spacer = document.createElement("div");
  /** @type {{ row: HTMLElement, index: number, item: Item | null | undefined }[]} */
  #slots = [];
  /** @type {Map<number, Item[]>} */
  #pages = new Map();
  #asked = new Set();
  #inFlight = 0;
  /** Counts the questions: an answer to an earlier one is dropped. */
  #question = 0;
  /** A new question that is not answered yet; no other page is asked for meanwhile. */
  #unanswered = true;
  /** A new question that waits for a call to end. @type {{ keep: boolean } | null} */
  #waiting = null;
  #total = 0;
  #active = -1;
  #resized;

  /** @param {Wishes<Item>} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    const { scroller, open } = wishes;
    this.#spacer.className = "spacer";
    this.#spacer.setAttribute("role", "presentation");
    scroller.append(this.#spacer);
    scroller.addEventListener("scroll", () => this.#paint(), { passive: true });
    scroller.addEventListener("click", (event) => {
      const at = this.#slots.findIndex(({ row }) => row.contains(/** @type {Node} */ (event.target)));
      const slot = this.#slots[at];
      if (!slot?.item) return;
      this.activate(slot.index);
      open(slot.item);
    });
    this.#resized = new ResizeObserver(() => this.#paint());
    this.#resized.observe(scroller);
  }

  get total() {
    return this.#total;
  }

  get active() {
    return this.#active;
  }

  /**
   * Asks anew: the rows of before stay until the first answer is here. The newest question wins.
   *
   * @param {{ keep: boolean }} how whether scroll and active row stay as they are
   */
  reset({ keep }) {
    this.#question += 1;
    this.#unanswered = true;
    this.#asked.clear();
    this.#waiting = { keep: keep && (this.#waiting?.keep ?? true) };
    this.#askAnew();
  }

  #askAnew() {
    if (this.#waiting === null || this.#inFlight >= IN_FLIGHT) return;
    const { keep } = this.#waiting;
    this.#waiting = null;
    this.#fetch(keep ? this.#pageOf(this.#firstVisible()) : 0, () => {
      this.#unanswered = false;
      this.#pages.clear();
      if (keep) return;
      this.#wishes.scroller.scrollTop = 0;
      this.#active = -1;
      this.#wishes.activated(-1);
    });
  }

  /** Fills every row anew, for instance because another one is open. */
  repaint() {
    for (const slot of this.#slots) slot.item = undefined;
    this.#paint();
  }

  /** Moves the active row; a page is what fits. @param {"ArrowDown" | "ArrowUp" | "Home" | "End" | "PageDown" | "PageUp"} key */
  move(key) {
    const page = Math.max(1, Math.floor(this.#wishes.scroller.clientHeight / this.#wishes.rowHeight) - 1);
    const here = this.#active;
    const there = {
      ArrowDown: here + 1,
      ArrowUp: here - 1,
      Home: 0,
      End: this.#total - 1,
      PageDown: here + page,
      PageUp: here - page,
    }[key];
    this.activate(Math.max(0, Math.min(this.#total - 1, there)));
  }

  /** @param {number} index */
  activate(index) {
    if (this.#total === 0) return;
    this.#active = index;
    const { scroller, rowHeight } = this.#wishes;
    const top = index * rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + rowHeight - scroller.clientHeight;
    this.#paint();
    for (const slot of this.#slots) slot.row.classList.toggle("active", slot.index === index);
    this.#wishes.activated(index);
  }

  /** Opens the active row, or the first one. */
  openActive() {
    const item = this.#itemAt(Math.max(0, this.#active));
    if (item) this.#wishes.open(item);
  }

  end() {
    this.#question = -1;
    this.#unanswered = true;
    this.#waiting = null;
    this.#resized.disconnect();
  }

  /** @param {number} index */
  #itemAt(index) {
    return this.#pages.get(this.#pageOf(index))?.[index % PAGE] ?? null;
  }

  /** @param {number} index */
  #pageOf(index) {
    return Math.floor(index / PAGE);
  }

  #firstVisible() {
    return Math.floor(this.#wishes.scroller.scrollTop / this.#wishes.rowHeight);
  }

  #paint() {
    const { scroller, rowHeight, fill } = this.#wishes;
    const visible = Math.ceil(scroller.clientHeight / rowHeight);
    const count = Math.min(this.#total, Math.max(ROWS, visible + 8));
    while (this.#slots.length < count) this.#slots.push(this.#newSlot());
    const ahead = Math.floor((this.#slots.length - visible) / 2);
    const first = Math.max(0, Math.min(this.#total - this.#slots.length, this.#firstVisible() - ahead));
    // A row keeps its slot while it stays in the window, so scrolling by one fills one.
    for (let offset = 0; offset < this.#slots.length; offset += 1) {
      const index = first + offset;
      const slot = this.#slots[index % this.#slots.length];
      if (!slot) continue;
      slot.row.hidden = index >= this.#total;
      if (slot.row.hidden) continue;
      const item = this.#itemAt(index);
      if (slot.index === index && slot.item === item) continue;
      slot.index = index;
      slot.item = item;
      slot.row.id = `${scroller.id}-${index}`;
      slot.row.style.transform = `translateY(${index * rowHeight}px)`;
      slot.row.setAttribute("aria-posinset", String(index + 1));
      slot.row.setAttribute("aria-setsize", String(this.#total));
      slot.row.classList.toggle("active", index === this.#active);
      fill(slot.row, item);
    }
    this.#askVisible(visible);
  }

  #newSlot() {
    const row = /** @type {HTMLElement} */ (this.#wishes.template.content.firstElementChild?.cloneNode(true));
    this.#spacer.append(row);
    return { row, index: -1, item: undefined };
  }

  /** @param {number} visible */
  #askVisible(visible) {
    if (this.#unanswered) return;
    const top = this.#firstVisible();
    for (const index of [top, top + visible, top + visible + PAGE / 2, top - PAGE / 2]) {
      if (index < 0 || index >= this.#total || this.#inFlight >= IN_FLIGHT) continue;
      const page = this.#pageOf(index);
      if (!this.#pages.has(page) && !this.#asked.has(page)) this.#fetch(page, () => {});
    }
  }

  /**
   * @param {number} page
   * @param {() => void} arrived
   */
  async #fetch(page, arrived) {
    const question = this.#question;
    this.#asked.add(page);
    this.#inFlight += 1;
    try {
      const { items, total } = await this.#wishes.ask(page * PAGE, PAGE);
      if (question !== this.#question) return;
      this.#asked.delete(page);
      arrived();
      this.#keep(page, items);
      this.#total = total;
      this.#spacer.style.height = `${total * this.#wishes.rowHeight}px`;
      if (this.#active >= total) this.#active = total - 1;
      this.repaint();
    } catch (error) {
      // The page stays marked as asked for: it is not asked for again until somebody wishes it.
      if (question === this.#question) this.#wishes.failed(error);
    } finally {
      this.#inFlight -= 1;
      if (this.#waiting) this.#askAnew();
      else this.#paint();
    }
  }

  /** @param {number} page @param {Item[]} items */
  #keep(page, items) {
    this.#pages.set(page, items);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > PAGES_KEPT && oldest !== undefined) this.#pages.delete(oldest);
  }
}
