/* Owns: what the scan before this one counted, so that a second box of it says ×2 and a label's second code is known.
 * Must never keep more than that one scan. */

import { maybeOneLabel } from "./second_code.js";

const AGAIN_MS = 30_000;

export class LastTaken {
  constructor() {
    this.last = null;
  }

  forget() {
    this.last = null;
  }

  /** How many times in a row this code was counted, this scan among them; a scan that counted nothing is 1. */
  times(entry, card) {
    if (!card.big) return 1;
    const { body, made_at: at } = entry;
    this.last = { barcode: body.barcode, action: body.action, at, item: card.item, times: this.wouldBe(entry, card) };
    return this.last.times;
  }

  /** The same of a scan that is not answered yet; it is not counted. */
  wouldBe(entry, card) {
    const repeated = card.big && this.#isJustBefore(entry, AGAIN_MS) && this.last.barcode === entry.body.barcode;
    return repeated ? this.last.times + 1 : 1;
  }

  /** The item whose code was counted at most so long before, when this code may stand on the same label; or null. */
  itemOfLabel(entry, milliseconds) {
    if (entry.body.action === "lookup") return null; // that counts nothing
    return this.#isJustBefore(entry, milliseconds) && maybeOneLabel(this.last.barcode, entry.body.barcode) ? this.last.item : null;
  }

  #isJustBefore(entry, milliseconds) {
    return this.last !== null && this.last.action === entry.body.action && entry.made_at - this.last.at < milliseconds;
  }
}
