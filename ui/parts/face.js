// A person's circle: the photo, or initials on a quiet tint.

import { element } from "../dom.js";

/** @import { Face } from "../contract.d.ts" */

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
  if (!face.photo) return;
  const photo = element("img", { src: face.photo, alt: "", loading: "lazy", decoding: "async" });
  photo.addEventListener("error", () => photo.remove());
  circle.append(photo);
}

/** An empty seat: a dashed circle where the face would be. */
export function emptySeat() {
  return element("span", { class: "face dense empty", "aria-hidden": "true" });
}
