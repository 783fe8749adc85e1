/* Owns: telling that a shelf runs low or stands empty: one request for an item at a place. It counts nothing.
 * Must never be lost where nothing gets through: then it waits on the tablet like a scan. */

import { ownCard } from "./answer_states.js";
import { button, el } from "./dom.js";
import { newKey } from "./queue.js";

export const KINDS = Object.freeze({ need_more: "Need more", shelf_empty: "Shelf empty" });
const FITS = "/shelf-requests";

export class Need {
  constructor(kiosk) {
    Object.assign(this, { kiosk, kind: null, place: null });
  }

  /** What the panel asks: which of the two, and for the item on the screen or for what is scanned next. */
  panel() {
    const shown = this.#shown();
    const hint = shown ? `For ${shown.name}. For something else, scan that first, or close and scan the command.` : "Then scan the label of the shelf, or the product.";
    return el("div", {}, el("ul", { class: "k-tiles" }, Object.entries(KINDS).map(([kind, words]) =>
      el("li", {}, button(words, () => this.choose(kind), { class: "k-button k-tile", "data-kind": kind })))),
    shown ? el("p", {}, button("For something else: scan it", () => this.wait("need_more"), {})) : null, el("p", { class: "k-hint" }, hint));
  }

  choose(kind) {
    const { kiosk } = this;
    if (!kiosk.person) return kiosk.showReady();
    const shown = this.#shown();
    kiosk.panels.close();
    return shown ? this.send(kind, { item: shown.sku }, shown.name) : this.wait(kind);
  }

  /** From now on the next scan says what is needed. */
  wait(kind) {
    const { kiosk } = this;
    Object.assign(this, { kind, place: null });
    kiosk.second.leave();
    kiosk.panels.close();
    kiosk.sounds.play("look");
    kiosk.doing.show();
    kiosk.show(ownCard("need", { heading: `${KINDS[kind]}: scan the label of the shelf, or the product.` }), { silent: true });
  }

  leave() {
    this.kind = null;
    this.kiosk.doing.show();
  }

  /** A code that was scanned while this waits; a place alone asks for the product that belongs there. */
  take(text, place = null) {
    const { kiosk } = this;
    if (place) {
      this.place = place;
      return kiosk.show(ownCard("need", { heading: `${KINDS[this.kind]} at ${kiosk.placeName(place)}: now scan the product.` }), { silent: true });
    }
    return this.send(this.kind, { barcode: text }, null);
  }

  /** `what` is {item: SKU} or {barcode: code}. */
  async send(kind, what, name) {
    const { kiosk } = this;
    const body = { request_id: newKey(), ...what, location: this.place || kiosk.doing.place, kind };
    this.leave();
    const result = navigator.onLine ? await kiosk.api.post(FITS, body).catch(() => null) : null;
    if (!result || result.status >= 500 || result.status === 401) return this.#later(body, name);
    const { status, answer } = result;
    if (status >= 400 || !answer) {
      const unknown = answer && ["item_unknown", "unknown_code", "not_found"].includes(answer.code);
      return kiosk.show(ownCard("unknown", { heading: unknown ? "We don't know this code." : "Nothing was noted.", text: (answer && answer.detail) || "Scan the shelf's label instead.", ways: [{ label: "Scan again", act: "need_again", kind: "primary", need: kind }, { label: "Leave it", act: "dismiss" }] }));
    }
    return kiosk.show(ownCard("noted", {
      heading: (answer.item && answer.item.name) || name || "", text: answer.message, big: answer.is_new === false ? "" : KINDS[kind],
      notes: answer.is_new === false ? [{ look: { word: "Note", shape: "square", mark: "i", colour: "note" }, text: "Somebody asked for this already." }] : [],
      ways: [{ label: "Go on", act: "dismiss" }],
    }));
  }

  async #later(body, name) {
    const { kiosk } = this;
    try {
      await kiosk.outbox.add({ barcode: body.item, ...body }, { about: { verb: KINDS[body.kind] } });
    } catch {
      return kiosk.show(ownCard("not_stored", { ways: [{ label: "Wrote it down", act: "dismiss", kind: "primary", safe: true }] }));
    }
    return kiosk.show(ownCard("waiting", { heading: `${KINDS[body.kind]}: saved on this tablet.`, code: name || body.item || body.barcode, text: "Offline. It is sent by itself as soon as the server answers." }));
  }

  /** What a request that waited came to. It never stays for a person: a shelf can be reported again. */
  answered(entry, status, answer) {
    const { kiosk } = this;
    const done = status < 300;
    const heading = (answer.item && answer.item.name) || (done ? "Noted." : "Nothing was noted.");
    if (!kiosk.card.isAsking) kiosk.show(ownCard(done ? "noted" : "refused", { heading, text: answer.message || answer.detail, ways: [{ label: "Go on", act: "dismiss" }] }));
    return false;
  }

  #shown() {
    const { card } = this.kiosk.card;
    const item = card && card.answer && card.answer.item;
    return item && item.sku ? item : null;
  }
}
