/* Owns: that nobody's name stays when they have gone: idle, the clock, the station's own session, signing off.
 * Must never throw away a scan that still waits. */

import { button, el } from "./dom.js";
import { clockTime, longDate } from "./words.js";

const SIGN_ON_AGAIN_MS = 30_000;
const NEAR_MS = 20_000;
const LOOK_AGAIN_MS = 5000;
const HEALTH_MS = 60_000;

export class Presence {
  constructor(kiosk, { page, answers, onIdle }) {
    Object.assign(this, { kiosk, page, answers, onIdle, signedOnAt: 0, idleTimer: null, modeTimer: null, idleAt: null });
    const clock = setInterval(() => this.#tick(), 1000);
    addEventListener("pagehide", () => clearInterval(clock));
    if (kiosk.settings.serial) setInterval(() => this.lookAtWorker(), HEALTH_MS);
  }

  get #path() {
    return `/stations/${encodeURIComponent(this.kiosk.settings.station)}/session`;
  }

  /** Tells the server who works at this station and in which mode, for the scanner that is plugged into it. */
  signOn() {
    const { kiosk } = this;
    if (!kiosk.person || kiosk.person.claim || !kiosk.settings.station) return;
    this.signedOnAt = Date.now();
    kiosk.api.post(this.#path, { mode: kiosk.doing.mode }).catch(() => {});
  }

  /** A touch, a key, a scan: the time until the name clears begins anew. */
  wake() {
    const { kiosk } = this;
    const { settings } = kiosk;
    clearTimeout(this.idleTimer);
    clearTimeout(this.modeTimer);
    this.idleAt = null;
    this.#sayNear();
    if (settings.idle_seconds && kiosk.person) {
      this.idleAt = Date.now() + settings.idle_seconds * 1000;
      this.idleTimer = setTimeout(() => this.#goIdle(), settings.idle_seconds * 1000);
    }
    if (settings.mode_idle_seconds && kiosk.person) this.modeTimer = setTimeout(() => this.#modeBack(), settings.mode_idle_seconds * 1000);
    this.#follow();
    if (document.body.dataset.idle !== "yes") return;
    document.body.dataset.idle = "no";
    kiosk.strip.setPerson(kiosk.person);
    kiosk.showReady();
  }

  /** The idle screen: the office, the time, and what to do. */
  drawIdle(words) {
    const { kiosk } = this;
    const { settings } = kiosk;
    const clock = new Date(Date.now());
    const signIn = el("a", { class: `k-button ${settings.enrolled ? "k-plain" : "k-primary"}`, href: settings.sign_in_url }, settings.enrolled ? "Sign in with a password" : "Sign in");
    const noBadge = settings.enrolled ? button("No badge at hand", () => kiosk.people.chooseName(), { "data-way": "name" }) : null;
    const ways = kiosk.person ? button("Go on", () => this.wake(), { kind: "primary" }) : [signIn, noBadge];
    this.page.answer.replaceChildren(el("section", { class: "k-idle", "data-state": "idle" },
      el("h2", {}, settings.office), el("p", { class: "k-clock" }, el("time", { datetime: clock.toISOString() }, clockTime(clock))),
      el("p", {}, longDate(clock)), el("p", { class: "k-heading" }, words), el("div", { class: "k-ways" }, ways)));
  }

  signOff() {
    const { kiosk } = this;
    if (!kiosk.settings.enrolled) return document.getElementById("kiosk-sign-off")?.requestSubmit();
    kiosk.sounds.play("undone");
    return kiosk.people.leave();
  }

  /** Where a scanner on a cable stands here, a silent worker means that its scans go nowhere: that is said. */
  async lookAtWorker() {
    const found = await fetch("/health", { cache: "no-store" }).then((answer) => answer.json()).catch(() => null);
    const silent = found && found.worker_lease && found.worker_lease !== "ok";
    this.page.worker.textContent = silent ? "The scanner on the cable is not read now. Tell the manager." : "";
  }

  #follow() {
    const { kiosk } = this;
    if (!kiosk.person || !kiosk.settings.station) return;
    if (Date.now() - this.signedOnAt > SIGN_ON_AGAIN_MS) this.signOn();
    this.answers.start();
  }

  #modeBack() {
    if (!this.kiosk.card.isAsking && !this.kiosk.panels.isKept) this.kiosk.doing.reset({ quiet: true });
  }

  #goIdle() {
    const { kiosk } = this;
    if (kiosk.card.isAsking) return this.wake();
    this.onIdle();
    kiosk.panels.close();
    kiosk.card.clear();
    document.body.dataset.idle = "yes";
    this.page.person.textContent = "";
    this.idleAt = null;
    this.#sayNear();
    this.drawIdle("Scan or touch to go on.");
    this.answers.stop();
    return this.#signOffWhenSent();
  }

  /** Whoever comes next must not act in this name; but what still waits is sent first, for it needs a session. */
  async #signOffWhenSent() {
    const { kiosk } = this;
    if (document.body.dataset.idle !== "yes") return;
    const { enrolled } = kiosk.settings;
    // An enrolled screen can send later, in the person's name; another one needs their session.
    if (kiosk.queue.waiting.length && !(enrolled && kiosk.queue.connection !== "online")) {
      setTimeout(() => this.#signOffWhenSent(), LOOK_AGAIN_MS);
      return;
    }
    if (enrolled) {
      document.body.dataset.idle = "no";
      await kiosk.people.leave();
      return;
    }
    const form = document.getElementById("kiosk-sign-off");
    const left = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (left && left.ok) location.reload();
  }

  #tick() {
    const time = this.page.answer.querySelector(".k-clock time");
    if (time) time.textContent = clockTime(new Date());
    this.#sayNear();
    this.kiosk.drawQueue();
  }

  /** The name clears soon: a touch keeps it. Said once in words, then counted for the eyes only. */
  #sayNear() {
    const left = this.idleAt === null ? Infinity : this.idleAt - Date.now();
    const words = left <= NEAR_MS && left > 0 ? `Signs off in ${Math.ceil(left / 1000)} s. Touch to stay.` : "";
    if (this.page.soon.textContent !== words) this.page.soon.textContent = words;
  }
}
