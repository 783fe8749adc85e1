/* Owns: asking a person about scans that were made in their name while nothing got through. Must never answer for them. */

import { button, el, sentence } from "./dom.js";
import { modeOf } from "./modes.js";
import { clockTime, longDate, many } from "./words.js";

/** "5 scans were made in your name here." Yes, not mine, or look at each; `onDone` when all are answered or left. */
export function claimedPanel(kiosk, scans, onDone) {
  const days = [...new Set(scans.map((scan) => longDate(new Date(scan.occurred_at))))].join(", ");
  const said = el("p", { class: "k-problem", role: "alert" });
  const lines = el("ul", { class: "k-lines k-claimed", hidden: true });
  let open = [...scans];
  const answer = async (chosen, mine) => {
    const failed = await kiosk.people.confirm(chosen, mine);
    if (failed) {
      said.textContent = `${many(failed, "answer")} did not get through. Try again.`;
      return;
    }
    open = open.filter((scan) => !chosen.includes(scan));
    kiosk.sounds.play(mine ? "recorded" : "look");
    if (!open.length) onDone();
    else draw();
  };
  const draw = () => {
    lines.replaceChildren(...open.map((scan) => el("li", {},
      el("time", { datetime: scan.occurred_at }, clockTime(new Date(scan.occurred_at))),
      el("span", { class: "k-line-words" }, `${modeOf(scan.action).word} ${(scan.answer && scan.answer.item && scan.answer.item.name) || scan.barcode}`),
      button("Mine", () => answer([scan], true)), button("Not mine", () => answer([scan], false)))));
  };
  draw();
  const ways = el("div", { class: "k-ways" },
    button(scans.length === 1 ? "Yes, it is mine" : "Yes, all mine", () => answer(open, true), { kind: "primary" }),
    button("Not mine", () => answer(open, false)),
    button("Show them", () => {
      lines.hidden = !lines.hidden;
    }), button("Later", onDone));
  return el("div", { class: "k-tray" }, el("p", { class: "k-heading" }, sentence(`${many(scans.length, "scan")} ${scans.length === 1 ? "was" : "were"} made in your name here on ${days}.`)), said, lines, ways);
}
