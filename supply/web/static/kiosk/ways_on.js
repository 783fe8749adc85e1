/* Owns: what a press on a card or in the list does: again otherwise, undo, say what it is, leave it.
 * Must never decide which ways there are: answer_states.js does. */

import { ownCard } from "./answer_states.js";
import { scanBody } from "./scan_body.js";

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
    if (!result || result.status >= 500) return this.#tell("Not undone: the server did not answer. Try again.");
    const done = result.status < 300 || (result.answer && result.answer.code === "already_undone");
    if (!done) return this.#tell((result.answer && result.answer.detail) || "Not undone. Put it back instead.");
    if (line) kiosk.recent.put({ key, undone: true });
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

  #tell(text) {
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
