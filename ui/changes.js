// What changed in the program, told to whoever shows it: screens say what they show and ask again.

/** @import { AppStatus, DataTag, ErrorView, FirstView, SessionView } from "./contract.d.ts" */

/** @type {Map<() => void, DataTag[]>} */
const askers = new Map();
/** @type {Set<(status: AppStatus) => void>} */
const watchers = new Set();

/** The frame's content as last told, and the session. */
export const now = {
  /** @type {AppStatus | null} */
  status: null,
  /** @type {SessionView} */
  session: { state: "starting" },
  /** What came with the first answer, while it is being shown. @type {FirstView | null} */
  first: null,
};

/**
 * Calls `ask` whenever one of the tags changes.
 *
 * @param {DataTag[]} tags
 * @param {() => void} ask
 * @returns {() => void} ends it
 */
export function whenChanged(tags, ask) {
  askers.set(ask, tags);
  return () => askers.delete(ask);
}

/** @param {DataTag[]} tags */
export function tellChanged(tags) {
  for (const [ask, wanted] of [...askers]) {
    if (wanted.some((tag) => tags.includes(tag))) ask();
  }
}

/**
 * @param {(status: AppStatus) => void} watch
 * @returns {() => void} ends it
 */
export function whenStatus(watch) {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/** @param {AppStatus} status */
export function tellStatus(status) {
  now.status = status;
  for (const watch of [...watchers]) watch(status);
}

/**
 * Asks at once and again after every change of the tags, one question at a time: changes during a question lead to one
 * more after it. An answer like the one before is not shown again. With a first view nothing is asked until it is painted, and
 * with one that is whole nothing until it changes.
 *
 * @template View
 * @param {object} wish
 * @param {View | null} [wish.first] what is known already
 * @param {(first: View) => boolean} [wish.isWhole]
 * @param {() => Promise<View>} wish.ask
 * @param {DataTag[]} wish.tags
 * @param {(view: View, askAgain: () => void) => void} wish.show
 * @param {(error: ErrorView, askAgain: () => void) => void} wish.fail the last view stays where it is
 * @returns {() => void} ends it
 */
export function keepAsked({ first, isWhole = () => true, ask, tags, show, fail }) {
  let ended = false;
  let asking = false;
  let changed = false;
  let shown = "";
  const again = async () => {
    changed = true;
    if (asking) return;
    asking = true;
    while (changed && !ended) {
      changed = false;
      const { view, error } = await answerOf(ask);
      if (ended) break;
      const facts = JSON.stringify(view);
      if (error) fail(error, again);
      else if (view && facts !== shown) show(view, again);
      shown = error ? "" : facts;
    }
    asking = false;
  };
  if (first) {
    show(first, again);
    shown = JSON.stringify(first);
    performance.mark(`first-${tags[0]}`);
  }
  if (!first) again();
  else if (!isWhole(first)) afterPaint(() => ended || again());
  const end = whenChanged(tags, again);
  return () => {
    ended = true;
    end();
  };
}

/**
 * Does `work` once what is shown now is on the screen: nobody has to wait for what they cannot see yet.
 *
 * @param {() => void} work
 * @returns {() => void} calls it off
 */
export function afterPaint(work) {
  let calledOff = false;
  requestAnimationFrame(() => setTimeout(() => calledOff || work()));
  return () => {
    calledOff = true;
  };
}

/**
 * @template View
 * @param {() => Promise<View>} ask
 * @returns {Promise<{ view?: View, error?: ErrorView }>}
 */
async function answerOf(ask) {
  try {
    return { view: await ask() };
  } catch (error) {
    return { error: /** @type {ErrorView} */ (error) };
  }
}
