/* Owns: what a press on a card or in the list does: again otherwise, undo, say what it is, leave it.
 * Must never decide which ways there are: answer_states.js does. */

import { ownCard } from "./answer_states.js";
import { numberPad } from "./number_pad.js";
import { scanBody } from "./scan_body.js";
import { count } from "./words.js";

export class WaysOn {
  constructor(kiosk) {
    this.kiosk = kiosk;
  }

  async take(card, way) {
    const { kiosk } = this;
    kiosk.onActivity?.();
    if (way.act === "heed") return kiosk.foresight.heed(card, way.then);
    if (way.act === "again") return this.again(card, way.changes);
    if (way.act === "another") return this.#anotherBox(card);
    if (way.act === "undo") return this.undo(card.key);
    if (way.act === "resolve") return this.#resolve(card, way.item);
    if (way.act === "sign_in") return kiosk.onSignIn?.();
    if (way.act === "retry_store") return this.#storeAgain();
    if (way.act === "dismiss") return this.#dismiss(card);
    if (way.act === "pin") return this.#withPin(card);
    if (way.act === "part") return this.#part(card, way.pieces);
    if (way.act === "turn_back") return kiosk.run.turnBack(card);
    if (way.act === "delivery") return kiosk.onChoose?.("receive", "delivery", () => this.again(card, { reason: kiosk.doing.delivery.reason }));
    if (way.act === "need_again") return kiosk.need.wait(way.need);
    if (way.act === "need_leave") {
      kiosk.need.leave();
      return kiosk.showReady();
    }
    return kiosk.onPanel?.(way.act, card);
  }

  /** The person's choice is a new request, sent before the scans that waited behind the question. */
  async again(card, changes) {
    const { kiosk } = this;
    if (!card.entry) return;
    const body = scanBody({ ...card.entry.body, ...changes });
    kiosk.showReady();
    if (!(await kiosk.intake.record(body, { front: true }))) return;
    if (card.needsPerson) await kiosk.outbox.settle(card.key);
    kiosk.outbox.resume();
  }

  async undo(key) {
    const { kiosk } = this;
    const line = kiosk.recent.lines.find((one) => one.key === key);
    const result = await kiosk.api.post(`/scans/${key}/undo`, {}).catch(() => null);
    if (result && result.answer && result.answer.code === "pin_needed") return kiosk.people.askPin(() => this.undo(key), "this undo");
    if (!result || result.status >= 500) return this.tell("Not undone: the server did not answer. Try again.");
    const done = result.status < 300 || (result.answer && result.answer.code === "already_undone");
    if (!done) return this.tell((result.answer && result.answer.detail) || "Not undone. Put it back instead.");
    if (line) kiosk.recent.put({ key, undone: true });
    kiosk.run.drop(key);
    kiosk.lastTaken.forget();
    kiosk.foresight.refreshSoon();
    kiosk.outbox.settle(key);
    const text = (result.answer && result.answer.message) || "";
    return kiosk.show(ownCard("undone", { heading: line && line.item ? `Undone: ${line.item}` : "Undone.", text }));
  }

  undoLast() {
    const last = this.kiosk.recent.lines.find((line) => line.can_undo_until && !line.undone);
    return last ? this.undo(last.key) : this.kiosk.say("refused", "There is nothing to undo.");
  }

  /** Not the label that was counted already: its other code is wanted after all. */
  #anotherBox(card) {
    this.kiosk.lastTaken.forget();
    return this.kiosk.outcomes.showKept({ ...card.entry, status: card.status, answer: card.answer });
  }

  async #dismiss(card) {
    const { kiosk } = this;
    kiosk.showReady();
    if (card.needsPerson && card.key) await kiosk.outbox.settle(card.key);
    if (card.entry && card.entry.joins) await kiosk.outbox.settle(card.entry.joins); // both are to be scanned again
    kiosk.outbox.resume();
  }

  async #storeAgain() {
    this.kiosk.showReady();
    await this.kiosk.intake.storeAgain();
    this.kiosk.outbox.resume();
  }

  /** The scan was refused for want of a PIN: it is made again as soon as the PIN was right. */
  #withPin(card) {
    const { people } = this.kiosk;
    people.level = "badge"; // a PIN counts for some minutes only
    people.askPin(() => this.again(card, {}), card.mode.word);
  }

  /** Not a whole box came back: the scan is undone, and the pieces that are left are put back one by one. */
  #part(card, pieces) {
    const { kiosk } = this;
    const pad = numberPad({ label: `How many pieces are left in it? A full one holds ${count(pieces)}.`, most: 5, done: "Put these back", onDone: (typed) => this.#putBackPart(card, Number(typed), pieces, pad) });
    kiosk.panels.open("part", "Part of a box", pad.node);
    pad.focus();
  }

  async #putBackPart(card, left, pieces, pad) {
    const { kiosk } = this;
    if (left < 1) return pad.say("None left? Then undo this scan instead.");
    if (left >= pieces) return pad.say(`That is a whole box or more. Fewer than ${count(pieces)}, please.`);
    const result = await kiosk.api.post(`/scans/${card.key}/undo`, {}).catch(() => null);
    if (!result || (result.status >= 300 && !(result.answer && result.answer.code === "already_undone"))) {
      return pad.say((result && result.answer && result.answer.detail) || "The server did not answer. Try again.");
    }
    kiosk.recent.put({ key: card.key, undone: true });
    kiosk.run.drop(card.key);
    kiosk.lastTaken.forget();
    kiosk.panels.close();
    return kiosk.intake.record(scanBody({ ...card.entry.body, quantity: left, unit: "each", ask_unit: null }));
  }

  tell(text) {
    const { kiosk } = this;
    if (kiosk.card.card) kiosk.card.say(text);
    else kiosk.say("refused", text);
    kiosk.sounds.play("unread");
  }

  async #resolve(card, item) {
    const { kiosk } = this;
    const { outcomes } = kiosk;
    if (outcomes.resolving) return undefined;
    const body = { item: item.sku, learn: true, units_received: item.received, units_used: item.used };
    const result = await outcomes.whileSettling(() => kiosk.api.post(`/scans/${card.key}/resolve`, body));
    if (!result || !result.answer || result.status >= 400) {
      kiosk.sounds.play("unread");
      return kiosk.card.say((result && result.answer && result.answer.detail) || "The server did not answer. Try again.");
    }
    // Carried out as a scan of its own: that one is undone, not the unknown one.
    const entry = { ...card.entry, key: result.answer.request_id };
    const answered = outcomes.cardOf(entry, result.status, result.answer);
    kiosk.recent.drop(card.key);
    outcomes.remember(answered);
    return kiosk.show(answered);
  }
}
