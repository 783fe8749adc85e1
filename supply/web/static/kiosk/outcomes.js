/* Owns: what came of a scan: answered, late, held on the tablet, or made at the scanner beside the screen; which card it
 * becomes and whether it may take the screen. Must never send anything. */

import { cardOf, fullCard, ownCard, waitingCard } from "./answer_states.js";
import { modeOf } from "./modes.js";

const LATE_MS = 15_000;

export class Outcomes {
  constructor(kiosk) {
    this.kiosk = kiosk;
    this.lateAnswers = 0;
    this.heldSaid = new Set();
    this.resolving = null;
  }

  /** Called by the queue. Resolves to true when the scan must stay on the tablet for a person. */
  answered(entry, status, answer) {
    const { kiosk } = this;
    kiosk.intake.answered(entry.key);
    if (answer && answer.outcome === "known") return false;
    if (entry.body.kind) return kiosk.need.answered(entry, status, answer);
    const late = kiosk.now() - entry.made_at > LATE_MS;
    if (entry.tries > 1) this.lateAnswers += 1;
    const card = kiosk.foresight.judge(entry, this.cardOf(entry, status, answer));
    if (!card) return false; // a stop that was answered on this screen already
    const first = kiosk.second.partnerOf(card);
    if (first) return kiosk.intake.join(first, entry.body.barcode, { front: true }).then((kept) => !kept);
    if (entry.joins && card.state !== "two_labels") kiosk.outbox.settle(entry.joins);
    if (!kiosk.person) return Boolean(card.needsPerson); // sent for somebody who has gone: nobody is there to see it
    this.remember(card);
    if (late) {
      if (card.needsPerson) kiosk.sounds.play("look");
      if (entry.key === kiosk.intake.lastKey || !card.needsPerson) this.#showUnlessAsking(card);
      return Boolean(card.needsPerson);
    }
    kiosk.show(card);
    if (card.state === "pin_needed") kiosk.ways.take(card, { act: "pin" });
    return Boolean(card.needsPerson);
  }

  /** An answered scan that still needs a person, opened from the tray. */
  showKept(entry) {
    this.kiosk.show(this.cardOf(entry, entry.status, entry.answer));
  }

  /** Called by the queue when a try failed: said once for each scan, then the strip counts. */
  held(entry, why, answer) {
    const { kiosk } = this;
    if (kiosk.outbox.paused || this.heldSaid.has(entry.key) || !kiosk.intake.ownKeys.has(entry.key)) return;
    this.heldSaid.add(entry.key);
    if (why === "signed_off") {
      kiosk.sounds.play("stop");
      kiosk.show(ownCard("signed_off", { text: kiosk.settings.enrolled ? "Your scans are saved on this tablet. Scan your badge, and they are sent." : "Your scans are saved on this tablet. Sign in, and they are sent." }), { silent: true });
      return;
    }
    const full = answer && answer.code === "storage_full";
    const card = full ? fullCard(answer) : kiosk.foresight.waiting(entry, waitingCard(entry));
    if (!card.holds) kiosk.sounds.play(full ? "stop" : "held"); // a stop has sounded when it was foreseen
    kiosk.show(card, { silent: true });
  }

  /** A scan of the serial scanner beside this screen. */
  elsewhere(line) {
    const { kiosk } = this;
    const key = line.request_id;
    if (this.resolving) {
      return void this.resolving.push(line); // it may be the very scan that is being settled here
    }
    if (kiosk.intake.ownKeys.has(key) || kiosk.recent.lines.some((one) => one.key === key)) return undefined;
    const location = (line.answer && line.answer.location) || kiosk.doing.place;
    const body = { request_id: key, barcode: line.barcode, action: line.action, quantity: 1, location, station: line.station };
    const entry = { key, body, made_at: kiosk.now(), tries: 1, verb: modeOf(line.action).word };
    const card = this.cardOf(entry, line.status, line.answer);
    const first = kiosk.second.partnerOf(card);
    if (first) return void kiosk.intake.join(first, line.barcode);
    this.remember(card);
    return kiosk.show(card);
  }

  /** While `ask` runs, answers of the scanner beside the screen wait: one may be what is being settled. */
  async whileSettling(ask) {
    this.resolving = [];
    const result = await ask().catch(() => null);
    const meanwhile = this.resolving;
    this.resolving = null;
    if (result && result.answer) this.kiosk.intake.ownKeys.add(result.answer.request_id);
    for (const line of meanwhile) this.elsewhere(line);
    return result;
  }

  /** The card of an answer; one that is only expected does not count among the scans in a row. */
  cardOf(entry, status, answer, { counts = true } = {}) {
    const { kiosk } = this;
    const may = { throw_out: true, ...kiosk.may, settle: kiosk.may ? kiosk.may.settle : true };
    const counted = kiosk.lastTaken.itemOfLabel(entry, kiosk.second.milliseconds);
    const context = { may, placeOf: (code) => kiosk.placeName(code), counted };
    const card = cardOf(entry, status, answer, context);
    card.again = counts ? kiosk.lastTaken.times(entry, card) : kiosk.lastTaken.wouldBe(entry, card);
    return card;
  }

  /** Puts what was recorded among the last scans, with its undo. */
  remember(card) {
    if (!card.key || (!card.item && !card.big && card.state !== "unknown")) return;
    if (card.needsPerson) return;
    const { answer } = card;
    this.kiosk.recent.put({
      key: card.key, verb: card.mode.word, item: card.item || "Unknown code", big: card.big, chip: card.chip,
      can_undo_until: answer.can_undo_until, undone: false,
    });
    this.kiosk.run.add({ key: card.key, action: card.mode.action, item: card.item, big: card.big, chip: card.chip, can_undo_until: answer.can_undo_until });
  }

  #showUnlessAsking(card) {
    if (!this.kiosk.card.isAsking && !card.stop) this.kiosk.show(card);
  }
}
