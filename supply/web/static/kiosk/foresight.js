/* Owns: the answer that stands on the screen before the server's: drawn from what this tablet knows, marked as not yet
 * confirmed, then confirmed without a word or corrected in words. Must never count anything as recorded. */

import { LOOKS } from "./answer_states.js";
import { Catalogue } from "./catalogue.js";
import { expectedAnswer } from "./expected.js";

const EVERY_MS = 3 * 60_000;
const SOON_MS = 1500;
const MOST = 400; // expectations kept at once: more than ever wait
const DONE = new Set(["recorded", "older_lot", "expires_soon", "last_unit", "low", "note"]);

/** `kiosk` is the page's; `kept` where catalogues last (or null). */
export class Foresight {
  constructor(kiosk, { kept = null } = {}) {
    Object.assign(this, { kiosk, kept });
    this.catalogue = null;
    this.expected = new Map(); // by the key of the scan: {status, answer, card}
    this.heeded = new Set(); // stops that a person answered before the server did
    this.timer = null;
  }

  /** Begins with what is kept, then asks the server; again every few minutes, on focus, and when told. */
  start() {
    if (this.ticker) return this.refresh();
    addEventListener("focus", () => this.refresh());
    this.ticker = setInterval(() => this.refresh(), EVERY_MS);
    return this.refresh();
  }

  // --- the catalogue -----------------------------------------------------------------------------------------------

  /** The newest catalogue of the place where the kiosk works: the kept one at once, the server's when it answers. */
  async refresh() {
    const place = this.kiosk.doing.place;
    if (!place) return;
    const kept = await this.#kept(place);
    if (kept && (!this.catalogue || this.catalogue.location !== place)) this.#take(kept.catalogue, new Set());
    const waited = this.#waiting();
    const found = await this.kiosk.api.get(`/kiosk/catalogue?location=${encodeURIComponent(place)}`, null, kept && kept.tag).catch(() => null);
    if (!found) return;
    if (found.status === 304) return void this.#take(kept.catalogue, waited);
    if (found.status !== 200 || !Catalogue.fits(found.answer) || found.answer.location !== place) return;
    this.#take(found.answer, waited);
    await this.#keep(place, { tag: found.tag, catalogue: found.answer });
  }

  /** This scan was taken out: it changes nothing. */
  forget(key) {
    this.expected.delete(key);
    if (this.catalogue) this.catalogue.forget(key);
  }

  refreshSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), SOON_MS);
  }

  async #kept(place) {
    const found = this.kept ? await this.kept.get(`catalogue:${place}`).catch(() => null) : null;
    return found && Catalogue.fits(found.catalogue) ? found : null;
  }

  async #keep(place, value) {
    if (this.kept) await this.kept.set(`catalogue:${place}`, value).catch(() => {}); // then it lasts until the page is closed
  }

  /** What still waits has not reached the book: its changes go over to the new catalogue. */
  #take(kept, waited) {
    const fresh = new Catalogue(kept);
    if (this.catalogue && this.catalogue.location === fresh.location) fresh.carryOver(this.catalogue, new Set([...waited, ...this.#waiting()]));
    this.catalogue = fresh;
    for (const entry of this.kiosk.queue.waiting) if (!fresh.changes.has(entry.key)) this.#expect(entry.body);
  }

  #waiting() {
    return new Set(this.kiosk.queue.waiting.map((entry) => entry.key));
  }

  // --- before the answer -------------------------------------------------------------------------------------------

  /** Draws the expected answer of a scan that was made this moment, if this tablet is sure enough of one. */
  foresee(body) {
    const found = this.#expect(body);
    const { kiosk } = this;
    if (!found || kiosk.outbox.paused || this.#stands()) return;
    found.card = this.#cardOf(body, found);
    if (found.card.stop) kiosk.sounds.play(found.card.sounded);
    kiosk.show(found.card, { silent: true });
  }

  #expect(body) {
    if (!this.catalogue) return null;
    let found = null;
    try {
      found = expectedAnswer(body, this.catalogue, this.kiosk.clock.iso());
    } catch (error) {
      console.warn("No expectation:", error); // a guess must never cost a scan
    }
    if (!found) return null;
    if (found.changes.length) this.catalogue.change(body.request_id, found.changes);
    if (this.expected.size >= MOST) this.expected.delete(this.expected.keys().next().value);
    this.expected.set(body.request_id, found);
    return found;
  }

  /** What the scan is thought to be, for the list of what waits; null where this tablet does not know. */
  nameOf(key) {
    const found = this.expected.get(key);
    return (found && found.answer.item && found.answer.item.name) || null;
  }

  /** A stop that nobody has answered yet. */
  #stands() {
    const { card } = this.kiosk.card;
    return Boolean(card && card.stop);
  }

  #cardOf(body, { status, answer }) {
    const entry = { key: body.request_id, body, made_at: this.kiosk.now(), tries: 0 };
    const card = this.kiosk.outcomes.cardOf(entry, status, answer, { counts: false });
    const known = { ...card, expected: true, expectedState: card.state, needsPerson: false };
    if (card.stop) return { ...known, sounded: card.tone, tone: null, ways: card.ways.map((way) => ({ ...way, act: "heed", then: way })) };
    const [word, shape, mark, colour] = LOOKS.checking;
    return { ...known, state: "checking", chip: { word, shape, mark, colour }, tone: null, ways: [] };
  }

  /** Whether the scan's expected answer stands on the screen, so that nothing needs to say "Checking". */
  shows(key) {
    const { card } = this.kiosk.card;
    return Boolean(card && card.expected && card.key === key);
  }

  // --- while nothing gets through ----------------------------------------------------------------------------------

  /** The card of a scan that waits on the tablet: a stop stays a stop, anything else says what will be counted; or null. */
  waiting(entry, plain) {
    const found = this.expected.get(entry.key);
    if (!found) return plain;
    const card = found.card || (found.card = this.#cardOf(entry.body, found));
    if (card.stop) return { ...card, holds: true };
    const { chip, state, ways, code } = plain;
    return { ...card, chip, state, ways, code, text: "Saved on this tablet. It is sent by itself as soon as the server answers." };
  }

  /** A stop answered before the server confirmed it. The scan itself goes on: the server's book has the last word. */
  async heed(card, way) {
    const { kiosk } = this;
    this.heeded.add(card.key);
    await kiosk.outbox.mark(card.key, { heeded: true });
    await kiosk.ways.take({ ...card, expected: false, needsPerson: false }, way);
  }

  // --- after the answer --------------------------------------------------------------------------------------------

  /** The card of an answered scan, with what the tablet had said otherwise; null when there is nothing left to show. */
  judge(entry, card) {
    const found = this.expected.get(entry.key);
    this.expected.delete(entry.key);
    const heeded = entry.heeded || this.heeded.delete(entry.key);
    if (heeded && card.stop) return null;
    if (heeded && card.status < 300) return this.#takenAfterAll(card);
    if (!found) return card;
    const drawn = found.card;
    if (this.#agree(found, card)) return drawn && card.stop && drawn.stop ? { ...card, tone: null } : card;
    if (this.catalogue) this.catalogue.forget(entry.key);
    this.refreshSoon();
    return drawn ? this.#corrected(drawn, card) : card;
  }

  #agree({ answer }, card) {
    const said = card.answer;
    if ((answer.code || answer.outcome) !== (said.code || said.outcome)) return false;
    if (said.code) return true;
    const sums = [answer, said].map((one) => (one.movements || []).reduce((sum, movement) => sum + movement.quantity, 0));
    return sums[0] === sums[1] && answer.item.sku === (said.item || {}).sku;
  }

  #corrected(drawn, card) {
    const text = `The server says: ${inWords(card)} This tablet had said: ${inWords(drawn)}`;
    return { ...card, corrected: true, notes: [{ look: noteLook(), text }, ...(card.notes || [])] };
  }

  /** It was put away on this tablet's word, and the server counted it as taken: only a person can say which is true. */
  #takenAfterAll(card) {
    const text = "The server says: it may be used, and counted it. You had put it away: undo it, or use it.";
    return { ...card, corrected: true, needsPerson: true, tone: "look", notes: [{ look: noteLook(), text }, ...(card.notes || [])],
      ways: [...card.ways, { label: "It is right", act: "dismiss" }] };
  }
}

function noteLook() {
  const [word, shape, mark, colour] = LOOKS.note;
  return { word, shape, mark, colour };
}

/** "TAKE −1 box of Nitrile gloves M." or "Expired." */
function inWords(card) {
  const state = card.expectedState || card.state;
  if (!DONE.has(state) && state !== "found") return `${LOOKS[state] ? LOOKS[state][0] : card.chip.word}.`;
  return `${[card.mode && card.mode.word, card.big, card.item && `of ${card.item}`].filter(Boolean).join(" ")}.`;
}
