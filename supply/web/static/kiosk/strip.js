/* Owns: the strip at the top: what a scan does here, who is signed on, and whether anything waits on this tablet. */

import { modeOf } from "./modes.js";
import { clockTime, many } from "./words.js";

const ALARM_MS = 15 * 60 * 1000;

export class Strip {
  constructor(page, now = () => Date.now()) {
    this.page = page;
    this.now = now;
  }

  /** "TAKE from Storeroom", with the quantity of the next scan when it is not 1. */
  setMode(action, { place, target, into, reason, delivery, department, need, quantity }) {
    const mode = modeOf(action);
    document.body.dataset.mode = action;
    this.page.mode.textContent = need ? need.toUpperCase() : mode.word;
    const where = [place ? `${mode.where} ${place}` : "", target ? `to ${target}` : "", delivery, reason, department ? `for ${department}` : "", into ? `into ${into}` : ""].filter(Boolean);
    this.page.where.textContent = where.join(" · ");
    this.page.times.textContent = quantity > 1 ? `×${quantity}` : "";
    this.page.times.hidden = quantity <= 1;
  }

  setPerson(person) {
    this.page.person.textContent = person ? person.display_name : "Nobody signed in";
  }

  /** Changes are announced only in number, so that a screen reader is not told the same thing over and over. */
  setQueue({ waiting, needsPerson, connection, oldest }) {
    this.#say(this.page.net, { signed_off: "Signed off", offline: "Offline" }[connection] || "Online");
    document.body.dataset.connection = connection;
    const late = oldest !== null && this.now() - oldest > ALARM_MS;
    this.page.net.dataset.alarm = late ? "yes" : "no";
    const held = waiting.length && (connection !== "online" || waiting.length > 1 || late) ? `${many(waiting.length, "scan")} waiting to send` : "";
    const asking = needsPerson.length ? `${many(needsPerson.length, "saved scan")} ${needsPerson.length === 1 ? "needs" : "need"} you` : "";
    const tray = asking || held;
    this.page.tray.hidden = !tray;
    this.#say(this.page.tray, late ? `Waiting since ${clockTime(oldest)}: tell the manager` : tray);
  }

  #say(node, words) {
    if (node.textContent !== words) node.textContent = words;
  }
}
