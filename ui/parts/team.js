// Who serves: by team and position, with open places.

import { personAddress } from "../address.js";
import { element, icon, written } from "../dom.js";
import { dotted } from "../words.js";
import { emptySeat, faceOf } from "./face.js";
import { openOutside } from "./outside.js";
import { neededPill, statusPill } from "./status.js";

/** @import { NeededView, TeamMemberView, TeamView } from "../contract.d.ts" */

/** @param {TeamView[]} teams */
export function teamsOf(teams) {
  const root = element(
    "section",
    { class: "teams", "aria-label": "Team" },
    element("div", { class: "part-head" }, element("h2", { class: "card-title" }, "Team")),
  );
  if (teams.length === 0)
    root.append(element("p", { class: "second empty-part" }, "Nobody is scheduled and nobody is needed yet."));
  for (const { name, positions } of teams) {
    const rows = positions.flatMap((position) => [
      ...position.people.map((member) => memberOf(member, position.name)),
      ...position.needed.map((needed) => seatOf(needed, position.name)),
    ]);
    root.append(
      element("section", { class: "team" }, written("h3", name, { class: "group" }), element("ul", {}, ...rows)),
    );
  }
  return root;
}

/** @param {TeamMemberView} member @param {string} position */
function memberOf({ personId, name, face, status, times, phone }, position) {
  const who = written(personId === null ? "span" : "a", name, {
    class: "who-name name strong",
    href: personId === null ? null : personAddress(personId),
  });
  return element(
    "li",
    { class: "member", "data-id": personId },
    faceOf(face, "dense"),
    element(
      "div",
      {},
      element("div", { class: "line" }, who, statusPill(status)),
      element(
        "div",
        { class: "line second" },
        element("span", { dir: "auto" }, dotted(position, times)),
        phone && phoneButton(phone.text, phone.href, name),
      ),
      status.remark && written("p", status.remark, { class: "second remark" }),
    ),
  );
}

/** @param {NeededView} needed @param {string} position */
function seatOf({ quantity, time }, position) {
  return element(
    "li",
    { class: "member seat" },
    emptySeat(),
    element(
      "div",
      {},
      element(
        "div",
        { class: "line" },
        written("span", dotted(position, time), { class: "who-name strong" }),
        neededPill(quantity),
      ),
      element("div", { class: "line second" }, "nobody asked yet"),
    ),
  );
}

/** @param {string} text @param {string} href @param {string} whom */
function phoneButton(text, href, whom) {
  const made = element(
    "button",
    { type: "button", class: "phone", "aria-label": `Call ${whom}, ${text}`, title: `Call ${whom}` },
    icon("phone", "tiny"),
    text,
  );
  made.addEventListener("click", () => openOutside(href));
  return made;
}
