// A person's circle: the photo, or initials on a quiet tint.

import { element } from "../dom.js";

/** @import { Face } from "../contract.d.ts" */

/** A row that is scrolled past sooner does not ask for its photo, in milliseconds. */
const AT_REST = 120;
/** Photos that have been here once come at once. @type {Set<string>} */
const seen = new Set();

/**
 * @param {Face} face
 * @param {"" | "dense" | "large"} [size] 30, 36 or 72 pixels
 */
export function faceOf(face, size = "") {
  const circle = element("span", { "aria-hidden": "true" });
  fillFace(circle, face, size);
  return circle;
}

/**
 * Puts a face into a circle; the same face again is left alone, so that a photo does not flicker.
 *
 * @param {HTMLElement} circle
 * @param {Face} face
 * @param {string} [size]
 */
export function fillFace(circle, face, size = "") {
  const facts = `${face.tint} ${face.initials} ${face.photo}`;
  if (circle.dataset.face === facts) return;
  circle.dataset.face = facts;
  circle.className = `face tint-${face.tint} ${size}`.trim();
  circle.textContent = face.initials;
  const { photo } = face;
  if (!photo) return;
  if (seen.has(photo)) circle.append(pictureOf(photo));
  else setTimeout(() => isStill(circle, facts) && circle.append(pictureOf(photo)), AT_REST);
}

/** Whether a circle shows these initials, and no photo yet. @param {HTMLElement} circle @param {string} facts */
function isStill(circle, facts) {
  return circle.isConnected && circle.dataset.face === facts && circle.childElementCount === 0;
}

/** @param {string} photo */
function pictureOf(photo) {
  const picture = element("img", { alt: "", decoding: "async" });
  picture.addEventListener("load", () => seen.add(photo));
  picture.addEventListener("error", () => picture.remove());
  picture.src = photo;
  return picture;
}

/** An empty seat: a dashed circle where the face would be. */
export function emptySeat() {
  return element("span", { class: "face dense empty", "aria-hidden": "true" });
}
