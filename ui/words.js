// Counts, plurals and lists in words, the same everywhere.

const numbers = new Intl.NumberFormat("en");
const lists = new Intl.ListFormat("en", { type: "conjunction" });

/**
 * @param {number} count
 * @returns {string} `2,140`
 */
export function figure(count) {
  return numbers.format(count);
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string} `1 plan`, `61 plans`
 */
export function counted(count, one, many = `${one}s`) {
  return `${figure(count)} ${count === 1 ? one : many}`;
}

/**
 * @param {string[]} parts
 * @returns {string} `a, b, and c`
 */
export function listed(parts) {
  return lists.format(parts);
}

/**
 * Joins what is there with the middle dot that separates facts.
 *
 * @param {(string | null | undefined | false)[]} parts
 */
export function dotted(...parts) {
  return parts.filter(Boolean).join(" · ");
}

/**
 * How long ago, while that is less than an hour; older times are told by the clock instead.
 *
 * @param {string} instant RFC 3339
 * @returns {string | null} `just now`, `2 min ago`
 */
export function minutesAgo(instant) {
  const minutes = Math.floor((Date.now() - Date.parse(instant)) / 60_000);
  if (!(minutes < 60)) return null;
  return minutes < 1 ? "just now" : `${minutes} min ago`;
}

/**
 * @param {number} seconds
 * @returns {string} `9:41`
 */
export function countdown(seconds) {
  const left = Math.max(0, Math.floor(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

/** Whether the command key takes the place of Ctrl on this computer. */
export const onMac = /Mac/.test(navigator.platform);

/**
 * @param {string} key
 * @returns {string} `Ctrl 1`, or `⌘1` on a Mac
 */
export function withControl(key) {
  return onMac ? `⌘${key}` : `Ctrl ${key}`;
}
