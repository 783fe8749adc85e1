/* Owns: that two linear symbols of one label become one scan: which answer is half a label, and for how long the next scan
 * is taken for the other half. Must never decide that two codes belong together: the server does, when it gets both. */

const APART = "\n"; // the server reads two symbols with a line feed between them as one label
const AIM = /^\][A-Za-z]\d/;
// HIBC, a GTIN of any length, or an element string that begins with one: the codes beside which a second one may stand.
const NAMES_AN_ITEM = /^\u001d?(?:\+|\(?01\)?\d{14}|\d{8}$|\d{12,14}$)/;

/** Which half of a label an answered scan is: "item" names the item, "lot" only its lot and dates; null when it is whole. */
export function halfOf(body, answer) {
  if (symbolsOf(body.barcode).length > 1) return null;
  if (answer.code === "lot_required" || answer.code === "expiry_required") {
    return !body.lot && !body.expiry && NAMES_AN_ITEM.test(withoutAim(body.barcode)) ? "item" : null;
  }
  if (answer.code === "bad_barcode") return (answer.errors || []).includes("HIBC_SECONDARY") ? "lot" : null;
  const read = answer.outcome === "unresolved" && answer.barcode;
  return read && (read.warnings || []).includes("ITEM_KEY_MISSING") ? "lot" : null;
}

/** The one or two symbols that a scan was sent with. */
export function symbolsOf(barcode) {
  return barcode.split(APART);
}

/** Whether a lot's code may stand on the label whose item code was counted a moment before; HIBC says so by its link. */
export function maybeOneLabel(itemCode, lotCode) {
  if (symbolsOf(itemCode).length > 1) return false;
  const [item, lot] = [withoutAim(itemCode), withoutAim(lotCode)];
  if (item.startsWith("+") || lot.startsWith("+")) return item[0] === lot[0] && item.at(-1) === lot.at(-2);
  return NAMES_AN_ITEM.test(item);
}

function withoutAim(barcode) {
  return barcode.replace(AIM, "");
}

/** The half that waits for its other half. `onOver(card)` when its time has passed or something else came between. */
export class SecondCode {
  constructor({ seconds, onOver, now = () => Date.now() }) {
    Object.assign(this, { milliseconds: seconds * 1000, onOver, now });
    this.waiting = null;
    this.timer = null;
  }

  /** From now on the next scan is the second code of the scan that `card` answers. */
  wait(card) {
    this.leave();
    this.waiting = { card, until: this.now() + this.milliseconds };
    this.timer = setTimeout(() => this.leave(), this.milliseconds);
  }

  /** The next scan counts by itself again. */
  leave() {
    const over = this.#end();
    if (over) this.onOver(over.card);
  }

  /** The scan whose second code the next one is, or null; asked once, it waits no longer. */
  take() {
    if (this.waiting && this.now() >= this.waiting.until) this.leave();
    const found = this.#end();
    return found && found.card.entry;
  }

  /** The waiting scan whose other half `card` is, made before anybody could be asked for it; or null. */
  partnerOf(card) {
    const first = this.waiting && this.waiting.card;
    if (!first || !card.half || first.half === card.half) return null;
    const after = card.entry.made_at - first.entry.made_at;
    return after >= 0 && after < this.milliseconds ? this.take() : null;
  }

  #end() {
    const found = this.waiting;
    clearTimeout(this.timer);
    this.waiting = null;
    return found;
  }
}

/** What the second request says: as the first scan, with both codes. */
export function joined(first, text, fresh) {
  return { ...first.body, ...fresh, barcode: `${first.body.barcode}${APART}${text}` };
}
