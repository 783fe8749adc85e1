/* Owns: who works at this screen: badge, PIN, a name taken on trust while nothing gets through, signing off.
 * Must never let an act wait unseen: what needs a PIN is asked for, then goes on by itself. */

import { ownCard } from "./answer_states.js";
import { el, button } from "./dom.js";
import { numberPad } from "./number_pad.js";

const FINISH_MS = 1500;
const TELL_AGAIN_MS = 3000;
const LEFT = "left"; // kept on the tablet, so that a reload does not bring back whoever signed off

export class People {
  constructor(kiosk) {
    this.kiosk = kiosk;
    this.level = kiosk.settings.level || "password";
    this.withPin = null; // unknown after a reload: then a PIN is asked for, and the server judges
    this.listed = null;
    this.leaving = Promise.resolve();
    this.telling = null;
  }

  /** Whoever signed off here is not to be signed on again by a page that the server made before it heard of it. */
  static hasLeft(kept) {
    return kept.get(LEFT) === "yes";
  }

  get #at() {
    return `/stations/${encodeURIComponent(this.kiosk.settings.station)}`;
  }

  // --- badge ---------------------------------------------------------------------------------------------------------

  /** Signs the badge's person on, or switches to them, in place. What waits of the person before goes out first. */
  async badge(text) {
    const { kiosk } = this;
    if (!kiosk.settings.station) return kiosk.onBadge?.();
    await this.#sendFirst();
    await this.leaving; // an end of the session that is on its way would end the new one too
    const result = await kiosk.api.post(`${this.#at}/badge`, { badge: text }).catch(() => null);
    if (!result || result.status >= 500) return this.claim({ claim: text, display_name: this.#nameOf(text) });
    if (result.status === 401) return kiosk.onBadge?.();
    if (result.status >= 400 || !result.answer) return this.#refuse(result.answer);
    return this.become(result.answer);
  }

  /** The session that sends is the person's whose scans they are, so these go before another one takes over. */
  async #sendFirst() {
    const { kiosk } = this;
    if (!kiosk.person || !kiosk.queue.waiting.length || kiosk.outbox.paused) return;
    await Promise.race([kiosk.outbox.pump(), new Promise((resolve) => setTimeout(resolve, FINISH_MS))]);
  }

  #refuse(answer) {
    const { kiosk } = this;
    const words = {
      badge_unknown: ["We don't know this badge.", "Ask the administrator for a new one, or sign in with your name."],
      badge_ended: ["This badge is no longer valid.", "Ask the manager for a new one, or sign in with your name."],
      locked_out: ["Too many badges that nobody knows.", (answer && answer.detail) || "Wait some minutes, or sign in with your name."],
    }[answer && answer.code] || ["This badge was not taken.", (answer && answer.detail) || "Scan it again."];
    return kiosk.show(ownCard("badge_refused", { heading: words[0], text: words[1] }));
  }

  /** `answer` is the server's: person, level, may, csrf, mode. The answer on the screen and what waits stay. */
  become({ person, level, may, csrf, mode, with_pin: withPin }) {
    const { kiosk } = this;
    const same = kiosk.person && kiosk.person.name === person.name;
    this.level = level || "badge";
    this.withPin = withPin || [];
    Object.assign(kiosk, { person, may: may || kiosk.may });
    kiosk.kept.set(LEFT, "no"); // the new session took the place of the one that was left
    if (csrf) kiosk.api.csrf = csrf;
    if (mode) kiosk.settings.mode = mode;
    kiosk.outbox.person = person.name;
    kiosk.strip.setPerson(person);
    if (same) return this.#greet(person);
    kiosk.recent.setPerson(person.name);
    kiosk.run.clear();
    kiosk.doing.reset();
    this.#greet(person);
    this.askAboutClaimed();
    return kiosk.onPerson?.();
  }

  #greet(person) {
    const { kiosk } = this;
    kiosk.sounds.play("hello");
    // The name stands beside it for the eyes already.
    kiosk.page.told.replaceChildren(el("span", { class: "k-heard" }, `Signed on: ${person.display_name}.`));
    setTimeout(() => kiosk.page.told.replaceChildren(), 5000);
    if (!kiosk.card.card || ["signed_off", "badge_refused", "claimed"].includes(kiosk.card.card.state)) kiosk.showReady();
    kiosk.onActivity?.();
    kiosk.outbox.resume();
  }

  // --- on trust ------------------------------------------------------------------------------------------------------

  /** Nothing gets through: what is scanned now is kept under this badge or name, and confirmed later. */
  claim({ claim, display_name, name }) {
    const { kiosk } = this;
    this.level = "claimed";
    const person = { name: name || claim, display_name: `${display_name} (not confirmed)`, claim };
    Object.assign(kiosk, { person, may: null });
    kiosk.outbox.person = person.name;
    kiosk.strip.setPerson(person);
    kiosk.recent.setPerson(person.name);
    kiosk.run.clear();
    kiosk.doing.reset();
    kiosk.sounds.play("held");
    kiosk.onPerson?.();
    kiosk.show(ownCard("claimed", { heading: `${display_name}: go on scanning.`, text: "Nothing gets through now. Your scans are saved on this tablet in your name; confirm them when you are next signed on." }), { silent: true });
  }

  /** A badge taken on trust is shown to the server as soon as it answers again. */
  confirmClaim() {
    const { person } = this.kiosk;
    return person && person.claim && /^SUP/i.test(person.claim) ? this.badge(person.claim) : undefined;
  }

  /** The names to choose from where no badge is at hand and nothing gets through; kept from the last time online. */
  async list() {
    const { kiosk } = this;
    const result = await kiosk.api.get(`${this.#at}/people`).catch(() => null);
    if (result && result.status === 200 && result.answer) {
      this.listed = result.answer.items;
      kiosk.kept.set("people", JSON.stringify(this.listed));
    } else this.listed ??= JSON.parse(kiosk.kept.get("people") || "[]");
    return this.listed;
  }

  async chooseName() {
    const people = await this.list();
    const content = people.length
      ? el("ul", { class: "k-tiles" }, people.map((one) => el("li", {}, button(one.display_name, () => {
        this.kiosk.panels.close();
        this.claim({ claim: one.name, name: one.name, display_name: one.display_name });
      }, { class: "k-button k-tile" }))))
      : el("p", { class: "k-none" }, "This tablet has not learnt any names yet. Scan your badge.");
    this.kiosk.panels.open("name", "Who are you?", content);
  }

  #nameOf(badge) {
    const hint = (one) => one.badge_hint && badge.toUpperCase().endsWith(one.badge_hint.toUpperCase());
    const known = (this.listed || JSON.parse(this.kiosk.kept.get("people") || "[]")).find(hint);
    return known ? known.display_name : `Badge …${badge.slice(-4)}`;
  }

  // --- PIN -----------------------------------------------------------------------------------------------------------

  /** Whether a PIN opens this, which the person may not do by badge alone. */
  opensByPin(what) {
    return this.level === "badge" && (this.withPin === null || this.withPin.includes(what));
  }

  /** What this person may do, a PIN's part included: for what is offered to them. */
  get couldDo() {
    const { may } = this.kiosk;
    if (!may || this.level !== "badge" || this.withPin === null) return this.level === "badge" ? null : may;
    return { ...may, ...Object.fromEntries(this.withPin.map((what) => [what, true])) };
  }

  /** The pad; after the right PIN the same act goes on by itself. `cancelled` when the person leaves it. */
  askPin(goOn, what = "this") {
    const { kiosk } = this;
    const pad = numberPad({ label: `PIN of ${kiosk.person.display_name}`, secret: true, most: 12, done: "Go on", onDone: (pin) => this.#try(pin, pad, goOn) });
    kiosk.panels.open("pin", `Your PIN for ${what}`, pad.node);
    pad.focus();
  }

  async #try(pin, pad, goOn) {
    const { kiosk } = this;
    const result = await kiosk.api.post(`${this.#at}/pin`, { pin }).catch(() => null);
    if (!result || result.status >= 500) return this.#wrong(pad, "The server did not answer. Try again.");
    const { status, answer } = result;
    if (status < 300 && answer) {
      Object.assign(kiosk, { may: answer.may || kiosk.may });
      if (answer.csrf) kiosk.api.csrf = answer.csrf;
      this.level = "pin";
      kiosk.panels.close();
      return goOn();
    }
    const words = {
      wrong_pin: "That is not your PIN. Try again.",
      no_pin: "You have no PIN yet. Sign in with your password, or ask the administrator.",
      locked_out: "Too many wrong PINs. Wait, or sign in with your password.",
    }[answer && answer.code];
    return this.#wrong(pad, answer && answer.code === "locked_out" && answer.detail ? answer.detail : words || (answer && answer.detail) || "Sign on again.");
  }

  #wrong(pad, words) {
    this.kiosk.sounds.play("unread");
    pad.say(words);
  }

  // --- off -----------------------------------------------------------------------------------------------------------

  /** Nobody works here now; what still waits stays on the tablet. A server that does not hear it is told later. */
  leave() {
    const { kiosk } = this;
    kiosk.kept.set(LEFT, "yes");
    if (kiosk.queue.waiting.length) kiosk.outbox.person = `station ${kiosk.settings.station}`; // sent in their name
    Object.assign(kiosk, { person: null, may: {} });
    this.level = "badge";
    kiosk.recent.setPerson(null);
    kiosk.run.clear();
    kiosk.panels.close();
    kiosk.doing.reset();
    kiosk.strip.setPerson(null);
    kiosk.showReady();
    kiosk.onPerson?.();
    return this.tellLeft();
  }

  /** Ends the session that somebody left, again and again until the server has heard it or somebody else has signed on. */
  tellLeft() {
    const { kiosk } = this;
    clearTimeout(this.telling);
    const isSignedOn = kiosk.person && !kiosk.person.claim; // on trust one has no session to lose
    if (isSignedOn || !People.hasLeft(kiosk.kept)) return this.leaving;
    const timeout = AbortSignal.timeout(FINISH_MS);
    this.leaving = kiosk.api.remove(`${this.#at}/session`, timeout).then(({ status }) => status < 500).catch(() => false).then((heard) => {
      if (heard) kiosk.kept.set(LEFT, "no");
      else this.telling = setTimeout(() => this.tellLeft(), TELL_AGAIN_MS);
    });
    return this.leaving;
  }

  // --- scans in one's name -------------------------------------------------------------------------------------------

  /** Scans that somebody made here in this person's name while nothing got through: theirs or not? */
  async askAboutClaimed() {
    const { kiosk } = this;
    const result = await kiosk.api.get("/scans?state=claimed&mine=1&limit=200").catch(() => null);
    const mine = result && result.status === 200 && result.answer ? (result.answer.items || []).filter((one) => this.#isMine(one)) : [];
    if (mine.length && kiosk.person) kiosk.onClaimed?.(mine);
  }

  #isMine(scan) {
    const claimed = scan.claimed_by || scan.claimed_person || (scan.body && scan.body.claimed_by) || null;
    return !claimed || claimed === this.kiosk.person.name;
  }

  async confirm(scans, mine) {
    const answers = await Promise.all(scans.map((scan) => this.kiosk.api.post(`/scans/${scan.request_id}/confirm`, { mine }).catch(() => null)));
    return answers.filter((one) => !one || one.status >= 400).length;
  }
}
