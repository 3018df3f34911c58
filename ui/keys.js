// The keyboard: one table of shortcuts, which the help dialog shows as well.

import { onMac, withControl } from "./words.js";

/**
 * @typedef {"palette" | "find" | "schedule" | "people" | "settings" | "help" | "down" | "up" | "back" | "previous" | "next"
 *   | "copyPhone" | "copyEmail" | "outside" | "nextPane" | "refresh" | "print"} Action
 * @typedef {Partial<Record<Action, () => void>>} Actions
 * @typedef {{ action: Action, strokes: string[], shown: string[], label: string, single?: true }} Shortcut
 */

/** `single` marks those that are a single character: off while typing, and off altogether if the person wishes. */
/** @type {Shortcut[]} */
export const shortcuts = [
  { action: "palette", strokes: ["Control+k"], shown: [withControl("K")], label: "Find anything" },
  { action: "find", strokes: ["/"], shown: ["/"], label: "Find a person", single: true },
  { action: "schedule", strokes: ["Control+1"], shown: [withControl("1")], label: "Schedule" },
  { action: "people", strokes: ["Control+2"], shown: [withControl("2")], label: "People" },
  { action: "settings", strokes: ["Control+,"], shown: [withControl(",")], label: "Settings" },
  { action: "down", strokes: ["j"], shown: ["J", "↓"], label: "Next in the list", single: true },
  { action: "up", strokes: ["k"], shown: ["K", "↑"], label: "Previous in the list", single: true },
  { action: "back", strokes: ["Escape"], shown: ["Esc"], label: "Back to the list" },
  { action: "previous", strokes: ["["], shown: ["["], label: "Previous plan", single: true },
  { action: "next", strokes: ["]"], shown: ["]"], label: "Next plan", single: true },
  { action: "copyPhone", strokes: ["c"], shown: ["C"], label: "Copy the phone number", single: true },
  { action: "copyEmail", strokes: ["e"], shown: ["E"], label: "Copy the e-mail address", single: true },
  { action: "outside", strokes: ["o"], shown: ["O"], label: "Open in Planning Center", single: true },
  { action: "print", strokes: ["Control+p"], shown: [withControl("P")], label: "Print the plan" },
  { action: "nextPane", strokes: ["F6"], shown: ["F6"], label: "Next part of the window" },
  {
    action: "refresh",
    strokes: ["F5", "Control+r"],
    shown: ["F5", withControl("R")],
    label: "Ask Planning Center again",
  },
  { action: "help", strokes: ["?", "F1"], shown: ["?", "F1"], label: "This list", single: true },
];

/** @type {Set<Actions>} */
const offered = new Set();

/**
 * Says what the shortcuts do where the person is now; the latest offer goes first.
 *
 * @param {Actions} actions
 * @returns {() => void} takes the offer back
 */
export function offer(actions) {
  offered.add(actions);
  return () => offered.delete(actions);
}

const SWITCH = "narthex.single-keys";

/** Whether single characters are shortcuts; they are unless the person switched them off. */
export function singleKeysOn() {
  return localStorage.getItem(SWITCH) !== "off";
}

/** @param {boolean} on */
export function switchSingleKeys(on) {
  if (on) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, "off");
}

/** Starts listening; to be called once. */
export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const stroke = strokeOf(event);
    const shortcut = shortcuts.find(({ strokes }) => strokes.includes(stroke));
    if (!shortcut) return;
    const single = shortcut.single && stroke.length === 1;
    if (single && (!singleKeysOn() || isTyping(event.target))) return;
    const act = [...offered].reverse().find((actions) => actions[shortcut.action])?.[shortcut.action];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @param {KeyboardEvent} event */
function strokeOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Some keyboards write brackets with AltGr, which looks like Ctrl and Alt together.
  if (event.getModifierState("AltGraph")) return key;
  if (event.altKey) return "";
  const control = onMac ? event.metaKey : event.ctrlKey;
  return control ? `Control+${key}` : key;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type);
}
