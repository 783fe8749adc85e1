/* Owns: the last five scans on this tablet with their undo, kept over a reload. Names items and amounts, nothing else. */

import { chip } from "./answer.js";
import { button, el } from "./dom.js";
import { clockTime } from "./words.js";

const MOST = 5;
const STORED = "supply-kiosk-recent";

export class Recent {
  constructor({ holder, person, onUndo, onShow, storage = sessionStorage, now = () => Date.now() }) {
    Object.assign(this, { holder, person, onUndo, onShow, storage, now });
    this.lines = this.#kept();
    this.draw();
  }

  /** Adds a line or changes the one of the same scan. */
  put(line) {
    const at = this.lines.findIndex((one) => one.key === line.key);
    if (at >= 0) this.lines[at] = { ...this.lines[at], ...line };
    else this.lines.unshift({ at: this.now(), ...line });
    this.lines = this.lines.slice(0, MOST);
    try {
      this.storage.setItem(`${STORED}-${this.person}`, JSON.stringify({ person: this.person, lines: this.lines }));
    } catch {
      // Then the list lasts until the page is closed; the ledger has it all.
    }
    this.draw();
  }

  /** Somebody else works here now: their own lines stand in the list. */
  setPerson(person) {
    this.person = person;
    this.lines = this.#kept();
    this.draw();
  }

  drop(key) {
    this.lines = this.lines.filter((line) => line.key !== key);
    this.draw();
  }

  draw() {
    if (!this.lines.length) {
      this.holder.replaceChildren(el("p", { class: "k-none" }, "Your last five scans will stand here."));
      return;
    }
    this.holder.replaceChildren(el("ol", { class: "k-lines" }, this.lines.map((line) => this.#line(line))));
  }

  #line(line) {
    const canUndo = line.can_undo_until && !line.undone && new Date(line.can_undo_until).getTime() > this.now();
    const words = el("span", { class: "k-line-words" },
      el("span", { class: "k-line-item" }, line.item || line.word), " ", el("span", { class: "k-line-big" }, line.big || ""));
    const name = `Undo ${line.verb} ${line.item}`.trim();
    return el("li", { class: line.undone ? "k-undone" : "", "data-key": line.key },
      el("time", { datetime: new Date(line.at).toISOString() }, clockTime(new Date(line.at))),
      el("span", { class: "k-line-verb" }, line.verb), words, chip(line.chip),
      canUndo ? button("Undo", () => this.onUndo(line), { "aria-label": name }) : null);
  }

  /** Another person's lines are not this person's to see or undo. */
  #kept() {
    try {
      const kept = JSON.parse(this.storage.getItem(`${STORED}-${this.person}`));
      return kept && kept.person === this.person && Array.isArray(kept.lines) ? kept.lines : [];
    } catch {
      return [];
    }
  }
}
