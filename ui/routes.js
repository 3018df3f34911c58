// One row per place: its path, title, icon, shortcut, and the screens in it.

import * as people from "./screens/people.js";
import * as person from "./screens/person.js";
import * as plan from "./screens/plan.js";
import * as schedule from "./screens/schedule.js";
import * as settings from "./screens/settings.js";
import { withControl } from "./words.js";

/**
 * A screen fills `root` and returns what takes it down again. Its heading takes the focus on arrival.
 *
 * @typedef {{ mount: (root: HTMLElement, params: { id: string | null }) => () => void }} Screen
 * @typedef {{ path: string, title: string, keys: string, shown: string, atFoot?: true, list?: Screen, detail: Screen }} Route
 */

/** @type {Route[]} */
export const routes = [
  { path: "schedule", title: "Schedule", keys: "Control+1", shown: withControl("1"), list: schedule, detail: plan },
  { path: "people", title: "People", keys: "Control+2", shown: withControl("2"), list: people, detail: person },
  {
    path: "settings",
    title: "Settings",
    keys: "Control+Comma",
    shown: withControl(","),
    atFoot: true,
    detail: settings,
  },
];
