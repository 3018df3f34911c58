// How a church administrator registers Narthex, and the client ID that comes of it.

import { button, element, replace } from "../dom.js";
import { call } from "../ipc.js";
import { copy, copyButton, openPage } from "./outside.js";
import { failedNote } from "./states.js";
import { tell } from "./tell.js";

/** @import { ErrorView, SettingsView } from "../contract.d.ts" */

/** Three numbered steps, filled in once the settings have been read. */
export function registrationSteps() {
  const steps = element("ol", { class: "steps" });
  const read = async () => {
    try {
      show(await call("settings"));
    } catch (error) {
      replace(steps, element("li", {}, failedNote(/** @type {ErrorView} */ (error), read)));
    }
  };
  /** @param {SettingsView} settings */
  const show = (settings) => {
    const open = button({ class: "link" }, "Planning Center’s page for applications", () =>
      openPage(settings.registrationUrl),
    );
    replace(
      steps,
      element(
        "li",
        {},
        element("p", {}, "Open ", open, " and choose to register a new one. A name such as “Narthex” will do."),
      ),
      element(
        "li",
        {},
        element(
          "p",
          {},
          "Make it a ",
          element("b", {}, "Public"),
          " application, and paste these return addresses into it:",
        ),
        returnAddresses(settings.redirectUris),
      ),
      element(
        "li",
        {},
        element("p", {}, "Save it, and bring its client ID here:"),
        clientIdForm(settings.clientId.value),
      ),
    );
  };
  read();
  return steps;
}

/**
 * The return addresses, each with a copy button, and one for all.
 *
 * @param {string[]} addresses
 */
export function returnAddresses(addresses) {
  const list = element("ul", { class: "addresses" });
  for (const address of addresses)
    list.append(
      element("li", {}, element("code", { class: "selectable" }, address), copyButton(address, "Return address")),
    );
  const all = button({ class: "small" }, "Copy all", () => copy(addresses.join("\n"), "Return addresses"));
  return element("div", { class: "address-block" }, list, addresses.length > 1 && all);
}

/** 64 characters, each a digit or one of the letters a to f. */
const CLIENT_ID = /^[0-9a-f]{64}$/;

/**
 * The client ID's field. What it holds is checked when it is saved, and said beside the field.
 *
 * @param {string | null} value
 * @param {(settings: SettingsView) => void} [saved]
 */
export function clientIdForm(value, saved) {
  const field = element("input", {
    class: "field mono",
    id: "client-id",
    type: "text",
    value,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": "client-id-wrong",
  });
  const wrong = element("p", { class: "wrong", id: "client-id-wrong", "aria-live": "off" });
  /** @param {string} words */
  const refuse = (words) => {
    wrong.textContent = words;
    field.setAttribute("aria-invalid", "true");
    field.focus();
    wrong.scrollIntoView({ block: "nearest" });
  };
  const save = async () => {
    const clientId = field.value.trim().toLowerCase();
    if (clientId !== "" && !CLIENT_ID.test(clientId)) return refuse(whatIsWrong(clientId));
    wrong.textContent = "";
    field.removeAttribute("aria-invalid");
    try {
      const settings = await call("save_settings", { clientId, redirect: null });
      tell(clientId === "" ? "Client ID taken away" : "Client ID saved");
      saved?.(settings);
    } catch (error) {
      const { message, hint } = /** @type {ErrorView} */ (error);
      refuse(hint ? `${message} ${hint}` : message);
    }
  };
  const form = element(
    "form",
    { class: "labelled client-id", novalidate: true },
    element("label", { for: "client-id" }, "Client ID"),
    element(
      "div",
      { class: "with-button" },
      field,
      element("button", { type: "submit", class: "button", id: "save-client-id" }, "Save"),
    ),
    wrong,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  return form;
}

/** @param {string} text */
function whatIsWrong(text) {
  if (/[^0-9a-f]/.test(text))
    return "A client ID has only the digits 0 to 9 and the letters a to f. Copy it whole from Planning Center.";
  return `A client ID has 64 characters; this one has ${text.length}. Copy it whole from Planning Center.`;
}
