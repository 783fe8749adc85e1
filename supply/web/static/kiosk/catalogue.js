/* Owns: the items, codes and lots that this tablet knows of one place, and what its own unanswered scans change in them.
 * Must never be taken for the book: it is a guess that the server confirms or corrects. */

const VERSION = 1;

export class Catalogue {
  /** `kept` is an answer of /kiosk/catalogue. */
  constructor(kept) {
    this.kept = kept;
    this.location = kept.location;
    this.items = kept.items.map(itemOf);
    this.codes = new Map();
    for (const [scheme, value, item, received, used] of kept.codes) {
      const key = `${scheme}:${value}`;
      if (!this.codes.has(key)) this.codes.set(key, []);
      this.codes.get(key).push({ item: this.items[item], received, used });
    }
    this.bySku = new Map(this.items.map((item) => [item.sku.toLowerCase(), item]));
    this.byId = new Map(this.items.map((item) => [item.id, item]));
    this.lots = new Map(this.items.map((item) => [item, []]));
    for (const row of kept.lots) this.lots.get(this.items[row[0]]).push(lotOf(row));
    this.changes = new Map(); // by the key of the scan: [{lot, quantity}]
  }

  static fits(kept) {
    return Boolean(kept) && kept.version === VERSION && Array.isArray(kept.items) && Array.isArray(kept.codes) && Array.isArray(kept.lots);
  }

  /** {item, received, used, lotId} of a reading; null where nothing or more than one thing has this code. */
  find(reading) {
    if (reading.house) return this.#byHouseLabel(reading.house);
    for (const scheme of new Set(reading.keys.map(([one]) => one))) {
      const keys = reading.keys.filter(([one]) => one === scheme);
      const hits = keys.flatMap(([, value]) => this.codes.get(`${scheme}:${value}`) || []);
      const items = new Set(hits.map((hit) => hit.item));
      if (items.size) return items.size === 1 ? { ...hits.at(-1), lotId: null } : null;
    }
    const item = this.bySku.get(reading.text.toLowerCase());
    return item ? { item, received: 1, used: 1, lotId: null } : null;
  }

  #byHouseLabel({ kind, number }) {
    if (kind === "item") return this.byId.has(number) ? { item: this.byId.get(number), received: 1, used: 1, lotId: null } : null;
    const item = this.items.find((one) => this.lots.get(one).some((lot) => lot.id === number));
    return item ? { item, received: 1, used: 1, lotId: number } : null;
  }

  /** The lots of an item here in the order in which they leave, less what was scanned since; empty ones only when shut. */
  lotsOf(item) {
    return this.lots.get(item).map((lot) => ({ ...lot, quantity: Math.max(0, lot.quantity + this.#changed(lot)) }))
      .filter((lot) => lot.quantity > 0 || lot.state !== "open");
  }

  #changed(lot) {
    let sum = 0;
    for (const change of this.changes.values()) for (const one of change) if (one.id === lot.id && one.place === lot.place) sum += one.quantity;
    return sum;
  }

  /** A scan of this tablet is expected to change these lots, until a newer catalogue has it. */
  change(key, changes) {
    this.changes.set(key, changes);
  }

  /** The scan changed nothing after all. */
  forget(key) {
    this.changes.delete(key);
  }

  /** What of an older catalogue's changes this one cannot have yet: those of scans that still wait. */
  carryOver(older, waiting) {
    for (const [key, change] of older.changes) if (waiting.has(key)) this.changes.set(key, change);
  }
}

function itemOf([id, sku, name, unit, rotation, tracking, lotRequired, expiryRequired, par, reorder, elsewhere]) {
  return { id, sku, name, unit, rotation, tracking, lotRequired: Boolean(lotRequired), expiryRequired: Boolean(expiryRequired), par_level: par, reorder_point: reorder, elsewhere };
}

function lotOf([, id, number, expiry, precision, state, place, quantity, owner]) {
  return { id, number, expiry, precision, state, place, quantity, owner };
}
