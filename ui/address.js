// The address after `#`: which place is open, and which plan or person in it.

/** @typedef {{ place: string, id: string | null }} Address */

/** @returns {Address} */
export function currentAddress() {
  const [, place = "", id = ""] = location.hash.slice(1).split("/");
  return { place: place || "schedule", id: id ? decodeURIComponent(id) : null };
}

/** @param {string} place @param {string | null} [id] */
export function addressOf(place, id = null) {
  return id === null ? `#/${place}` : `#/${place}/${encodeURIComponent(id)}`;
}

/** @param {string} id */
export const planAddress = (id) => addressOf("schedule", id);

/** @param {string} id */
export const personAddress = (id) => addressOf("people", id);

/** @param {string} address */
export function go(address) {
  location.hash = address;
}

/**
 * Like `go`, without a further step for the way back.
 *
 * @param {string} address
 */
export function goInstead(address) {
  location.replace(address);
}

/** Whether list and detail stand side by side. */
export const wide = matchMedia("(min-width: 720px)");
