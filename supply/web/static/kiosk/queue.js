/* Owns: that a scan is never lost between the beep and the server. A scan gets its key and is kept on the tablet before
 * anything is sent, goes out in order by one sender, with the same key until it is answered. Must never drop one unanswered. */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const TRY_ANYWAY_MS = 10_000;
const TIMEOUT_MS = 10_000;
const STUCK_TRIES = 60; // about ten minutes: then one scan that breaks the server stops holding up the others
const OTHER_WINDOW_MS = 15_000; // a scan made in another window is left to that window for so long
const RETRIED = new Set([408, 425, 429]);
const LOCK = "supply-kiosk-sender";
const SEQUENCE = "supply-kiosk-sequence";

/** The number of a scan on this tablet: a gap in them is a scan that went missing here. */
function nextNumber(storage = localStorage) {
  try {
    const number = 1 + (Number(storage.getItem(SEQUENCE)) || 0);
    storage.setItem(SEQUENCE, String(number));
    return number;
  } catch {
    return null; // the order in the store holds without it
  }
}

/** What an answer means for the queue: "answered", "signed_off" (ask to sign in) or "retry". */
export function verdict(status, answer) {
  if (status === 401 || (answer && (answer.code === "forged" || answer.code === "not_signed_in"))) return "signed_off";
  if (status >= 500 || RETRIED.has(status)) return "retry";
  // Not our server's words: a proxy's or a hotel network's page. It has not taken the scan.
  if (!answer || typeof answer !== "object") return "retry";
  if (status < 300 ? !answer.outcome : status < 400 || !answer.code) return "retry";
  return "answered";
}

/** A version 4 UUID; works on plain http too, where crypto.randomUUID is missing. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * `send(body)` resolves to {status, answer} and rejects when nothing came back. `onAnswer(entry, status, answer)` is
 * called once per answered scan and resolves to true when the scan must stay for a person. `onHeld(entry, why)` when a
 * try failed. `onChange({waiting, needsPerson, connection, oldest})` whenever one of these changed.
 */
export class Outbox {
  constructor({ store, send, person, onAnswer, onHeld = () => {}, onChange = () => {}, locks = navigator.locks, tab = "" }) {
    Object.assign(this, { store, send, person, onAnswer, onHeld, onChange, locks, tab });
    this.paused = false;
    this.connection = "online";
    this.failures = 0;
    this.draining = null;
    this.again = false;
    this.timer = null;
  }

  /** Starts the sender: now, when the network or the person comes back, and every ten seconds. */
  start() {
    this.stop();
    this.paused = false;
    this.wake = () => this.pump();
    for (const name of ["online", "focus"]) addEventListener(name, this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.ticker = setInterval(this.wake, TRY_ANYWAY_MS);
    return this.pump();
  }

  stop() {
    for (const name of ["online", "focus"]) removeEventListener(name, this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    clearInterval(this.ticker);
    clearTimeout(this.timer);
    this.paused = true;
  }

  /** Keeps one scan, then sends it. Resolves once it is kept; rejects when it could not be. */
  async add(body, { front = false, about = {} } = {}) {
    const entry = {
      key: body.request_id, body, person: this.person, made_at: Date.now(), state: "waiting", tries: 0, tab: this.tab, sequence: nextNumber(),
      ...about,
    };
    const kept = await this.store.add(entry, { front });
    this.#tell();
    this.pump();
    return kept;
  }

  /** A person's answer is awaited on the screen: nothing more goes out until `resume`. */
  pause() {
    this.paused = true;
  }

  resume() {
    this.paused = false;
    return this.pump();
  }

  /** Says what is kept here, and sends nothing. */
  look() {
    return this.#tell();
  }

  /** Keeps a scan again that somebody had taken out, behind the others and under its own key. */
  async putBack(entry) {
    await this.store.add({ ...entry, state: "waiting", tries: entry.tries });
    return this.pump();
  }

  /** Puts a scan that waited for a person back among those to send. */
  async sendAgain(entry) {
    await this.store.update({ ...entry, state: "waiting", tries: 0 });
    return this.pump();
  }

  /** Keeps something more about a scan that still waits; what is sent of it never changes. */
  async mark(key, about) {
    const entry = (await this.store.all()).find((one) => one.key === key);
    if (entry) await this.store.update({ ...entry, ...about, key, body: entry.body });
  }

  /** A person has answered for this scan. */
  async settle(key) {
    await this.store.remove(key);
    await this.#tell();
  }

  /** Sends what waits, one at a time, oldest first. */
  pump() {
    if (this.draining) {
      this.again = true;
      return this.draining;
    }
    clearTimeout(this.timer);
    this.draining = this.#withLock(() => this.#drain()).finally(() => {
      this.draining = null;
      this.#tell();
      if (this.again && !this.failures) {
        this.again = false;
        this.pump();
      }
    });
    return this.draining;
  }

  #withLock(act) {
    return this.locks ? this.locks.request(LOCK, act) : act();
  }

  async #drain() {
    this.again = false;
    while (!this.paused) {
      const entry = (await this.store.all()).find((one) => one.state === "waiting" && this.#mine(one));
      if (!entry) return;
      if (!(await this.#try(entry))) return;
    }
  }

  #mine(entry) {
    return entry.tab === this.tab || Date.now() - entry.made_at > OTHER_WINDOW_MS;
  }

  async #try(entry) {
    const tried = { ...entry, tries: entry.tries + 1 };
    await this.store.update(tried);
    const { body, claimed } = this.#bodyOf(entry);
    let result;
    try {
      result = await withTimeout((signal) => this.send(body, signal));
    } catch {
      return this.#hold(tried, "offline", null);
    }
    const { status, answer } = result;
    const meaning = verdict(status, answer);
    if (status === 500 && tried.tries >= STUCK_TRIES) {
      await this.store.update({ ...tried, state: "needs_person", status, answer });
      return true;
    }
    if (meaning === "retry") return this.#hold(tried, "offline", answer);
    if (meaning === "signed_off") return this.#hold(tried, "signed_off", answer);
    this.failures = 0;
    this.connection = "online";
    // Under the first person's name the server already had it: the change of name is what it refuses.
    const known = claimed && status === 409 && answer && answer.code === "key_reused";
    await this.#answered(tried, known ? 200 : status, known ? { ...answer, outcome: "known" } : answer);
    return true;
  }

  /** Another person signed in since: the scan stays the first one's. */
  #bodyOf(entry) {
    const claimed = Boolean(entry.person && this.person && entry.person !== this.person && !entry.body.claimed_by);
    return { claimed, body: claimed ? { ...entry.body, claimed_by: entry.person } : entry.body };
  }

  async #answered(entry, status, answer) {
    const stays = await this.onAnswer(entry, status, answer);
    if (stays) await this.store.update({ ...entry, state: "needs_person", status, answer });
    else await this.store.remove(entry.key);
    await this.#tell();
  }

  async #hold(entry, why, answer) {
    this.failures += 1;
    this.connection = why;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures - 1, 10));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), wait);
    this.onHeld(entry, why, answer);
    return false;
  }

  async #tell() {
    const entries = await this.store.all().catch(() => []);
    const waiting = entries.filter((entry) => entry.state === "waiting");
    const needsPerson = entries.filter((entry) => entry.state === "needs_person");
    this.onChange({ waiting, needsPerson, connection: this.connection, oldest: waiting.length ? waiting[0].made_at : null });
  }
}

async function withTimeout(act) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    return await act(abort.signal);
  } finally {
    clearTimeout(timer);
  }
}
