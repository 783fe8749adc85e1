/* Owns: wiring the kiosk together: what a scan does, in which order things happen, and what stands on the screen.
 * Must never hold a rule about stock: the server answers, answer_states.js says what the answer means. */

import { AnswerCard } from "./answer.js";
import { cardOf, fullCard, ownCard, waitingCard } from "./answer_states.js";
import { Api } from "./api.js";
import { containerName, houseCommand } from "./house_commands.js";
import { Kept } from "./kept.js";
import { Keypad } from "./keypad.js";
import { LastTaken } from "./last_taken.js";
import { firstMode, modeOf } from "./modes.js";
import { Recent } from "./recent.js";
import { scanBody } from "./scan_body.js";
import { SecondCode, joined } from "./second_code.js";
import { ServerClock } from "./server_clock.js";
import { Strip } from "./strip.js";

const CHECKING_MS = 400;
const LATE_MS = 15_000;
const SAID_MS = 10_000;

/** The kiosk of one page. `page` holds its elements, `settings` what the server said; main.js sets `outbox` and the on… hooks. */
export class Kiosk {
  constructor({ settings, page, sounds, panels, now = () => Date.now() }) {
    Object.assign(this, { settings, page, sounds, panels, now });
    this.kept = new Kept(settings.station);
    this.person = settings.person || null;
    this.may = settings.may || null;
    this.clock = new ServerClock(settings.now, now);
    this.api = new Api({ csrf: settings.csrf, onServerTime: (time) => this.clock.set(time) });
    this.queue = { waiting: [], needsPerson: [], connection: "online", oldest: null };
    this.place = this.kept.get("place") || settings.location;
    this.mode = firstMode(this.may, this.kept.get(`mode-${this.person ? this.person.name : ""}`) || settings.mode || "use");
    Object.assign(this, { target: null, reason: null, container: null, unstored: null, lastKey: null });
    this.lastTaken = new LastTaken();
    this.heldSaid = new Set();
    this.ownKeys = new Set(); // scans of this window: the station's list of answers has them too
    this.strip = new Strip(page, now);
    this.keypad = new Keypad({ onChange: () => this.showMode() });
    this.second = new SecondCode({ seconds: settings.second_code_seconds, onOver: (card) => this.card.retitle(card, card.over), now });
    this.card = new AnswerCard({ holder: page.answer, onWay: (card, way) => this.way(card, way), findItems: (text) => this.#findItems(text) });
    this.recent = new Recent({ holder: page.recent, person: this.person && this.person.name, onUndo: (line) => this.undo(line.key), now });
    this.strip.setPerson(this.person);
    this.showMode();
  }

  // --- what a scan does here ---------------------------------------------------------------------------------------

  showMode() {
    const target = this.target && this.placeName(this.target);
    const into = this.#into() && containerName(this.container);
    this.strip.setMode(this.mode, { place: this.placeName(this.place), target, into, reason: this.reason, quantity: this.keypad.quantity });
  }

  setMode(action) {
    if (!this.person) return this.showReady();
    if (this.may && !this.may[modeOf(action).may]) return this.say("refused", `You may not use ${modeOf(action).word} here. Ask the manager.`);
    const needs = modeOf(action).needs;
    if (needs) return this.onChoose?.(action, needs);
    return this.#become(action, null, null);
  }

  #become(action, target, reason) {
    Object.assign(this, { mode: action, target, reason });
    if (action !== "discard") this.container = null;
    this.second.leave();
    this.kept.set(`mode-${this.person.name}`, action);
    this.sounds.play(`mode-${action}`);
    this.onMode?.();
    this.panels.close();
    this.showMode();
    if (!this.card.card) this.showReady();
  }

  setTarget(code) {
    this.#become("move", code, null);
  }

  setReason(reason) {
    this.#become("discard", null, reason);
  }

  /** A waste container's label: what is thrown out from now on goes into it; a lot that stops the work goes at once. */
  setContainer(code) {
    const { card } = this.card;
    const thrown = card && card.stop && card.ways.find((way) => way.changes && way.changes.action === "discard");
    if (thrown) return this.#again(card, { ...thrown.changes, container: code });
    if (this.outbox.paused) return this.card.say("Answer this first, then scan the container.");
    if (!this.person) return this.showReady();
    this.container = code;
    return this.reason && this.mode === "discard" ? this.#become("discard", null, this.reason) : this.setMode("discard");
  }

  setPlace(code) {
    this.place = code;
    this.second.leave();
    this.kept.set("place", code);
    this.panels.close();
    this.showMode();
    if (!this.card.card) this.showReady();
  }

  placeName(code) {
    const found = (this.settings.locations || []).find((place) => place.code === code);
    return found ? found.name : code || "";
  }

  // --- a scan ------------------------------------------------------------------------------------------------------

  /** One whole code, from the scanner, the camera or the keys. */
  scanned(text) {
    this.onActivity?.();
    const command = houseCommand(text);
    if (command) return this.#command(command);
    if (!this.person) {
      this.card.clear();
      return this.show(ownCard("signed_off", { heading: "Nobody is signed in.", text: "This scan was not taken. Sign in, then scan again." }));
    }
    if (this.panels.name === "choose") {
      const known = (this.settings.locations || []).find((place) => [place.code, place.label].includes(text.trim()));
      if (known && this.panels.dialog.dataset.needs === "to_location") return this.setTarget(known.code);
      this.sounds.play("unread");
      return this.panels.dialog.querySelector("h2").append(" Choose first, then scan again.");
    }
    if (this.panels.isOpen) this.panels.close();
    const first = this.second.take();
    return first ? this.#join(first, text) : this.record(this.#bodyOf(text));
  }

  /** The scanner's characters made no whole code. Nothing was recorded, and the person is told. */
  broken() {
    this.onActivity?.();
    this.sounds.play("unread");
    if (this.card.card && (this.card.card.stop || this.card.card.needsPerson)) return this.card.say("Not a complete read. Hold steady and scan again.");
    return this.show(ownCard("unread"), { silent: true });
  }

  #bodyOf(text) {
    return scanBody({
      barcode: text, action: this.mode, quantity: this.keypad.take(), location: this.place,
      station: this.settings.station, to_location: this.target, reason: this.reason, container: this.#into(), ...this.#madeNow(),
    });
  }

  /** Only what is thrown out goes into a container; a container scanned before the reason was chosen waits for it. */
  #into() {
    return this.mode === "discard" ? this.container : null;
  }

  /** Made while nothing gets through: judged by its own time, and named for whoever's session sends it later. */
  #madeNow() {
    const gone = this.queue.connection !== "online" || !navigator.onLine;
    return { occurred_at: this.clock.iso(), claimed_by: gone ? this.person.name : null };
  }

  /** The second code of a label: a new request for both, as the first was meant. The first stays until it is answered. */
  #join(first, text, { front = false } = {}) {
    return this.record(scanBody(joined(first, text, this.#madeNow())), { front, joins: first.key });
  }

  /** Keeps the scan on the tablet, then lets the queue send it. Resolves once it is kept. */
  async record(body, { front = false, joins = null } = {}) {
    this.lastKey = body.request_id;
    this.ownKeys.add(body.request_id);
    try {
      await this.outbox.add(body, { front, about: { verb: modeOf(body.action).word, joins } });
    } catch {
      this.unstored = { body, joins };
      this.sounds.play("stop");
      this.show(ownCard("not_stored"), { silent: true });
      return false;
    }
    if (this.outbox.paused) return true;
    const entry = { key: body.request_id, body, verb: modeOf(body.action).word };
    if (this.queue.connection !== "online") this.held(entry, this.queue.connection, null);
    else setTimeout(() => this.#stillChecking(body), CHECKING_MS);
    return true;
  }

  #stillChecking(body) {
    const waits = this.queue.waiting.some((entry) => entry.key === body.request_id && entry.tries <= 1);
    if (waits && this.lastKey === body.request_id && this.queue.connection === "online" && !this.outbox.paused) {
      this.show(ownCard("checking"), { silent: true });
    }
  }

  // --- what came of it ---------------------------------------------------------------------------------------------

  /** Called by the queue. Resolves to true when the scan must stay on the tablet for a person. */
  answered(entry, status, answer) {
    if (answer && answer.outcome === "known") return false;
    const late = this.now() - entry.made_at > LATE_MS;
    if (entry.tries > 1) this.lateAnswers = (this.lateAnswers || 0) + 1;
    const card = this.#cardOf(entry, status, answer);
    const first = this.second.partnerOf(card);
    if (first) return this.#join(first, entry.body.barcode, { front: true }).then((kept) => !kept);
    if (entry.joins && card.state !== "two_labels") this.outbox.settle(entry.joins);
    this.#remember(card);
    if (late) {
      if (card.needsPerson) this.sounds.play("look");
      if (entry.key === this.lastKey || !card.needsPerson) this.#showUnlessAsking(card);
      return Boolean(card.needsPerson);
    }
    this.show(card);
    return Boolean(card.needsPerson);
  }

  /** An answered scan that still needs a person, opened from the tray. */
  showKept(entry) {
    this.show(this.#cardOf(entry, entry.status, entry.answer));
  }

  #showUnlessAsking(card) {
    const asking = this.card.card && (this.card.card.stop || this.card.card.needsPerson);
    if (!asking && !card.stop) this.show(card);
  }

  #cardOf(entry, status, answer) {
    const may = { throw_out: true, ...this.may, settle: this.may ? this.may.settle : true };
    const counted = this.lastTaken.itemOfLabel(entry, this.second.milliseconds);
    const context = { may, placeOf: (code) => this.placeName(code), counted };
    const card = cardOf(entry, status, answer, context);
    card.again = this.lastTaken.times(entry, card);
    return card;
  }

  /** Called by the queue when a try failed: said once for each scan, then the strip counts. */
  held(entry, why, answer) {
    if (this.outbox.paused || this.heldSaid.has(entry.key) || !this.ownKeys.has(entry.key)) return;
    this.heldSaid.add(entry.key);
    if (why === "signed_off") {
      this.sounds.play("stop");
      this.show(ownCard("signed_off", { text: "Your scans are saved on this tablet. Sign in, and they are sent." }), { silent: true });
      return;
    }
    const full = answer && answer.code === "storage_full";
    this.sounds.play(full ? "stop" : "held");
    if (full) return this.show(fullCard(answer), { silent: true });
    this.show(waitingCard(entry), { silent: true });
  }

  queueChanged(queue) {
    const before = this.queue;
    // A first code is not asked about while the request for both is on its way.
    const joining = queue.waiting.map((entry) => entry.joins);
    this.queue = { ...queue, needsPerson: queue.needsPerson.filter((entry) => !joining.includes(entry.key)) };
    this.drawQueue();
    this.card.setHeldBack(this.outbox && this.outbox.paused ? queue.waiting.length : 0);
    for (const entry of [...queue.waiting, ...queue.needsPerson]) this.ownKeys.add(entry.key);
    if (before.connection !== "online" && queue.connection === "online" && this.lateAnswers) {
      this.page.told.textContent = `Back online. ${this.lateAnswers} sent.`;
      this.lateAnswers = 0;
      setTimeout(() => this.page.told.replaceChildren(), SAID_MS);
    }
  }

  /** What waits, without the scan whose question stands on the screen already. */
  drawQueue() {
    const shown = this.card.card && this.card.card.key;
    const needsPerson = this.queue.needsPerson.filter((entry) => entry.key !== shown);
    this.strip.setQueue({ ...this.queue, needsPerson });
  }

  /** A scan of the serial scanner beside this screen. */
  elsewhere(line) {
    const key = line.request_id;
    if (this.resolving) {
      return void this.resolving.push(line); // it may be the very scan that is being settled here
    }
    if (this.ownKeys.has(key) || this.recent.lines.some((one) => one.key === key)) return undefined;
    const location = (line.answer && line.answer.location) || this.place;
    const body = { request_id: key, barcode: line.barcode, action: line.action, quantity: 1, location, station: line.station };
    const entry = { key, body, made_at: this.now(), tries: 1, verb: modeOf(line.action).word };
    const card = this.#cardOf(entry, line.status, line.answer);
    const first = this.second.partnerOf(card);
    if (first) return void this.#join(first, line.barcode);
    this.#remember(card);
    return this.show(card);
  }

  show(card, { silent = false } = {}) {
    if (this.card.card && this.card.card.stop && !card.stop && card.state !== "signed_off" && this.outbox.paused) return;
    if (card.stop && !["not_stored"].includes(card.state)) this.outbox.pause();
    this.panels.close();
    if (card.half) this.second.wait(card);
    else if (card.state !== "checking") this.second.leave();
    document.body.dataset.stop = card.stop ? "yes" : "no";
    for (const part of this.page.behindStop) part.inert = Boolean(card.stop);
    this.card.show(card);
    this.card.setHeldBack(this.outbox.paused ? this.queue.waiting.length : 0);
    this.drawQueue();
    if (!silent && card.tone) this.sounds.play(card.tone);
    if (card.stop && navigator.vibrate) navigator.vibrate(200);
  }

  showReady() {
    this.second.leave();
    document.body.dataset.stop = "no";
    for (const part of this.page.behindStop) part.inert = false;
    this.card.clear();
    this.onReady?.();
  }

  say(state, text) {
    this.show(ownCard(state, { heading: text, ways: [{ label: "Go on", act: "dismiss" }] }));
  }

  #remember(card) {
    if (!card.key || (!card.item && !card.big && card.state !== "unknown")) return;
    if (card.needsPerson) return;
    const { answer } = card;
    this.recent.put({
      key: card.key, verb: card.mode.word, item: card.item || "Unknown code", big: card.big, chip: card.chip,
      can_undo_until: answer.can_undo_until, undone: false,
    });
  }

  // --- the ways on -------------------------------------------------------------------------------------------------

  async way(card, way) {
    this.onActivity?.();
    if (way.act === "again") return this.#again(card, way.changes);
    if (way.act === "another") return this.#anotherBox(card);
    if (way.act === "undo") return this.undo(card.key);
    if (way.act === "resolve") return this.#resolve(card, way.item);
    if (way.act === "sign_in") return this.onSignIn?.();
    if (way.act === "retry_store") return this.#storeAgain();
    if (way.act === "dismiss") return this.#dismiss(card);
    return this.onPanel?.(way.act, card);
  }

  /** The person's choice is a new request, sent before the scans that waited behind the question. */
  async #again(card, changes) {
    if (!card.entry) return;
    const body = scanBody({ ...card.entry.body, ...changes });
    this.showReady();
    if (!(await this.record(body, { front: true }))) return;
    if (card.needsPerson) await this.outbox.settle(card.key);
    this.outbox.resume();
  }

  /** Not the label that was counted already: its other code is wanted after all. */
  #anotherBox(card) {
    this.lastTaken.forget();
    return this.showKept({ ...card.entry, status: card.status, answer: card.answer });
  }

  async #dismiss(card) {
    this.showReady();
    if (card.needsPerson && card.key) await this.outbox.settle(card.key);
    if (card.entry && card.entry.joins) await this.outbox.settle(card.entry.joins); // both are to be scanned again
    this.outbox.resume();
  }

  async #storeAgain() {
    const { body, joins } = this.unstored || {};
    this.showReady();
    this.unstored = null;
    if (body) await this.record(body, { joins });
    this.outbox.resume();
  }

  async undo(key) {
    const line = this.recent.lines.find((one) => one.key === key);
    const result = await this.api.post(`/scans/${key}/undo`, {}).catch(() => null);
    if (!result || result.status >= 500) return this.#tell("Not undone: the server did not answer. Try again.");
    const done = result.status < 300 || (result.answer && result.answer.code === "already_undone");
    if (!done) return this.#tell((result.answer && result.answer.detail) || "Not undone. Put it back instead.");
    if (line) this.recent.put({ key, undone: true });
    this.lastTaken.forget();
    const text = (result.answer && result.answer.message) || "";
    return this.show(ownCard("undone", { heading: line && line.item ? `Undone: ${line.item}` : "Undone.", text }));
  }

  #tell(text) {
    if (this.card.card) this.card.say(text);
    else this.say("refused", text);
    this.sounds.play("unread");
  }

  async #resolve(card, item) {
    if (this.resolving) return undefined;
    this.resolving = [];
    const body = { item: item.sku, learn: true, units_received: item.received, units_used: item.used };
    const result = await this.api.post(`/scans/${card.key}/resolve`, body).catch(() => null);
    const meanwhile = this.resolving;
    this.resolving = null;
    if (result && result.answer) this.ownKeys.add(result.answer.request_id);
    for (const line of meanwhile) this.elsewhere(line);
    if (!result || !result.answer || result.status >= 400) {
      this.sounds.play("unread");
      return this.card.say((result && result.answer && result.answer.detail) || "The server did not answer. Try again.");
    }
    // Carried out as a scan of its own: that one is undone, not the unknown one.
    const entry = { ...card.entry, key: result.answer.request_id };
    const answered = this.#cardOf(entry, result.status, result.answer);
    this.recent.drop(card.key);
    this.#remember(answered);
    return this.show(answered);
  }

  #command(command) {
    if (command.mode) return this.setMode(command.mode);
    if (command.panel) return this.onPanel?.(command.panel);
    if (command.sign_off) return this.onSignOff?.();
    if (command.undo) {
      const last = this.recent.lines.find((line) => line.can_undo_until && !line.undone);
      return last ? this.undo(last.key) : this.say("refused", "There is nothing to undo.");
    }
    if (command.container) return this.setContainer(command.container);
    if (command.badge) return this.onBadge?.(command.badge);
    return this.say("refused", "This command is not known here.");
  }

  async #findItems(text) {
    const { status, answer } = await this.api.get(`/items?search=${encodeURIComponent(text)}&limit=8`);
    return status === 200 && answer ? answer.items : null;
  }
}
