// Settings: the account, what is stored, and how signing in works.

import { keepAsked } from "../changes.js";
import { button, element, replace, written } from "../dom.js";
import { call } from "../ipc.js";
import { singleKeysOn, switchSingleKeys } from "../keys.js";
import { leavePractice } from "../parts/bars.js";
import { faceOf } from "../parts/face.js";
import { openPage } from "../parts/outside.js";
import { clientIdForm, returnAddresses } from "../parts/registration.js";
import { askToSignOut } from "../parts/sign-out.js";
import { failed, failedNote, skeleton } from "../parts/states.js";
import { tell, tellError } from "../parts/tell.js";
import { dotted } from "../words.js";

/** @import { ClientIdSource, RedirectChoice, SettingsView } from "../contract.d.ts" */
/** @import { Child } from "../dom.js" */

/** @param {HTMLElement} root */
export function mount(root) {
  const body = element("div", { class: "settings-body" });
  const trouble = element("div", { class: "notes-list" });
  const heading = element("h1", { class: "title", tabindex: -1 }, "Settings");
  root.append(element("div", { class: "page settings", id: "settings-page" }, heading, trouble, body));
  heading.focus({ preventScroll: true });
  /** @param {SettingsView} settings */
  const show = (settings) => {
    replace(trouble);
    replace(body, ...sectionsOf(settings, show));
  };
  const waiting = setTimeout(() => replace(body, skeleton(6, "line")), 60);
  const end = keepAsked({
    ask: () => call("settings"),
    tags: ["people", "plans"],
    show: (settings) => {
      clearTimeout(waiting);
      // What is being typed is not taken away.
      if (document.activeElement?.id !== "client-id") show(settings);
    },
    fail: (error, again) => {
      clearTimeout(waiting);
      if (body.querySelector("section")) replace(trouble, failedNote(error, again));
      else replace(body, failed(error, again));
    },
  });
  return () => {
    clearTimeout(waiting);
    end();
  };
}

/**
 * @param {SettingsView} settings
 * @param {(settings: SettingsView) => void} show
 */
function sectionsOf(settings, show) {
  const practice = settings.account?.practice ?? false;
  const stored = element("ul", { class: "bulleted" }, ...settings.stored.map((line) => element("li", {}, line)));
  return [
    section("Account", ...accountOf(settings)),
    section(
      "On this computer",
      settings.stored.length > 0 ? stored : element("p", { class: "second" }, "Nothing is stored."),
      element("p", { class: "second selectable" }, dotted(settings.size, settings.folder ?? "in memory only, until Narthex closes")),
      element("p", { class: "second" }, "What is kept on disk is encrypted."),
    ),
    section("Keyboard", singleKeys()),
    ...(practice
      ? []
      : [
          section("Signing in", redirectChoice(settings, show)),
          section("Registration with Planning Center", ...registrationOf(settings, show)),
        ]),
    element(
      "p",
      { class: "second version" },
      `Narthex ${settings.version}. Independent, not affiliated with Planning Center. No tracking, no servers of ours.`,
    ),
  ];
}

/** @param {string} title @param {...Child} content */
function section(title, ...content) {
  return element(
    "section",
    { class: "setting" },
    element("h2", { class: "card-title" }, title),
    element("div", { class: "setting-content" }, ...content),
  );
}

/** @param {SettingsView} settings */
function accountOf({ account, keychain }) {
  if (account === null) return [element("p", { class: "second" }, "Nobody is signed in.")];
  const { face, name, church, practice } = account;
  const who = element(
    "div",
    { class: "who" },
    faceOf(face),
    element("div", {}, written("p", name, { class: "strong name" }), written("p", church, { class: "second name" })),
  );
  const leave = practice
    ? button({ id: "leave-practice" }, "Leave practice", leavePractice)
    : button({ class: "danger", id: "sign-out", "aria-haspopup": "dialog" }, "Sign out and erase…", () =>
        askToSignOut(church),
      );
  return [who, element("p", { class: "second" }, keychain), element("div", { class: "buttons" }, leave)];
}

function singleKeys() {
  const box = element("input", { type: "checkbox", id: "single-keys", checked: singleKeysOn() });
  box.addEventListener("change", () => switchSingleKeys(box.checked));
  return element(
    "div",
    { class: "choice" },
    box,
    element("label", { for: "single-keys" }, "Single letters and signs are shortcuts"),
    element(
      "p",
      { class: "second" },
      "Such as C to copy a phone number. The keys with Ctrl, F5 and F6 work in any case.",
    ),
  );
}

/**
 * @param {SettingsView} settings
 * @param {(settings: SettingsView) => void} show
 */
function redirectChoice({ redirect }, show) {
  /** @type {[RedirectChoice, string, string][]} */
  const ways = [
    ["customScheme", "By a link that opens Narthex", "The usual way. The browser may ask whether it may open Narthex."],
    ["loopback", "By an address on this computer", "If the browser says that it cannot open the link."],
  ];
  const group = element(
    "fieldset",
    { class: "choices" },
    element("legend", { class: "group" }, "How the browser comes back"),
  );
  for (const [way, label, words] of ways) {
    const input = element("input", {
      type: "radio",
      name: "redirect",
      id: `redirect-${way}`,
      checked: way === redirect,
    });
    input.addEventListener("change", async () => {
      try {
        show(await call("save_settings", { clientId: null, redirect: way }));
        tell("Saved");
      } catch (error) {
        tellError(error);
      }
    });
    group.append(
      element(
        "div",
        { class: "choice" },
        input,
        element("label", { for: input.id }, label),
        element("p", { class: "second" }, words),
      ),
    );
  }
  return group;
}

/**
 * @param {SettingsView} settings
 * @param {(settings: SettingsView) => void} show
 */
function registrationOf({ clientId, redirectUris, registrationUrl }, show) {
  /** @type {Record<ClientIdSource, string>} */
  const sources = {
    commandLine: "The client ID was given when Narthex was started; it goes before the one saved here.",
    settings: "The client ID was saved here.",
    build: "The client ID came with this copy of Narthex.",
    missing: "There is no client ID yet; signing in needs one.",
  };
  const open = button({ class: "link" }, "Planning Center’s page for applications", () => openPage(registrationUrl));
  return [
    element("p", { class: "second" }, `${sources[clientId.source]} It is public, not a secret.`),
    clientIdForm(clientId.value, show),
    element("h3", { class: "group" }, "Return addresses"),
    element("p", { class: "second" }, "All of them stand in the registration: ", open),
    returnAddresses(redirectUris),
  ];
}
