/* Owns: the run of scans that were made in one mode, and turning it when they were meant as another.
 * Must never turn scans of another person or another day: the server judges that too. */

import { ownCard } from "./answer_states.js";
import { button, el } from "./dom.js";
import { modeOf } from "./modes.js";
import { newKey } from "./queue.js";
import { count } from "./words.js";

const MOST = 100;

export class Run {
  constructor(kiosk, holder) {
    Object.assign(this, { kiosk, holder, turning: false });
    this.clear();
  }

  clear() {
    this.lines = [];
    this.draw();
  }

  /** A scan that was recorded. One in TAKE does not end the run: that is when people see what happened. */
  add(line) {
    if (!line.can_undo_until || ["use", "lookup"].includes(line.action)) return;
    const day = new Date(this.kiosk.now()).toDateString();
    const begins = !this.lines.length || this.lines[0].action !== line.action || this.lines[0].day !== day;
    if (!begins && this.lines.some((one) => one.key === line.key)) return;
    this.lines = begins ? [{ ...line, day }] : [...this.lines, { ...line, day }].slice(-MOST);
    this.draw();
  }

  drop(key) {
    this.lines = this.lines.filter((line) => line.key !== key);
    this.draw();
  }

  draw() {
    const number = this.lines.length;
    this.holder.hidden = !number;
    if (!number) return this.holder.replaceChildren();
    const words = number === 1 ? "The last one was meant as TAKE" : `These ${count(number)} were meant as TAKE`;
    return this.holder.replaceChildren(el("p", {}, `${modeOf(this.lines[0].action).word}: ${count(number)} in a row.`),
      button(words, () => this.turn(), { class: "k-button k-plain", "data-way": "turn" }));
  }

  /** Reverses each scan of the run and does it again as `action`, on the server; says what became of each. */
  async turn(lines = this.lines, action = "use") {
    const { kiosk } = this;
    if (this.turning || !lines.length) return undefined;
    this.turning = true;
    const body = { request_ids: lines.map((line) => line.key), action, request_id: newKey() };
    const result = await kiosk.api.post(`/stations/${encodeURIComponent(kiosk.settings.station)}/turn`, body).catch(() => null);
    this.turning = false;
    if (result && result.answer && result.answer.code === "pin_needed") return kiosk.people.askPin(() => this.turn(lines, action), "turning these scans");
    if (!result || !result.answer || result.status >= 400) return kiosk.ways.tell((result && result.answer && result.answer.detail) || "The server did not answer. Nothing was turned. Try again.");
    return this.#told(lines, action, result.answer.items || []);
  }

  #told(lines, action, items) {
    const { kiosk } = this;
    const turned = [];
    const left = [];
    for (const [at, item] of items.entries()) {
      const line = lines.find((one) => one.key === item.request_id) || lines[at];
      if (!item.new_request_id || !["recorded", "discrepancy", "turned"].includes(item.outcome)) {
        left.push(`${line.item}: ${item.message}`);
        continue;
      }
      kiosk.intake.ownKeys.add(item.new_request_id);
      kiosk.recent.put({ key: line.key, undone: true });
      const fresh = { ...line, key: item.new_request_id, action, was: line.action, verb: modeOf(action).word, big: `${modeOf(action).sign}${line.big.replace(/^[+−]/, "")}` };
      turned.push({ fresh, message: item.message });
    }
    for (const { fresh } of turned) {
      kiosk.recent.put({ key: fresh.key, verb: fresh.verb, item: fresh.item, big: fresh.big, chip: fresh.chip, can_undo_until: fresh.can_undo_until, undone: false });
    }
    if (action === "use") this.clear();
    kiosk.show(ownCard("turned", {
      heading: left.length ? `${count(turned.length)} of ${count(items.length)} now count as ${modeOf(action).word}.` : `${turned.length === 1 ? "That scan now counts" : `${count(turned.length)} scans now count`} as ${modeOf(action).word}.`,
      lots: [...left, ...turned.map((one) => one.message || one.fresh.item)].slice(0, 8),
      turned: turned.map((one) => one.fresh),
      ways: turned.length && action === "use" ? [{ label: "Undo", act: "turn_back" }, { label: "Go on", act: "dismiss" }] : [{ label: "Go on", act: "dismiss" }],
    }));
  }

  /** The turned scans back to what they were. */
  turnBack(card) {
    return this.turn(card.turned, card.turned[0].was);
  }
}
