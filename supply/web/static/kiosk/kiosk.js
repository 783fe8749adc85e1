/* Owns: what the parts of the kiosk share, and what stands in the middle of the screen. doing.js says what a scan does,
 * intake.js takes it in, outcomes.js says what came of it, ways_on.js what a press does. Must never hold a rule about stock. */

import { AnswerCard } from "./answer.js";
import { ownCard } from "./answer_states.js";
import { Api } from "./api.js";
import { Deliveries } from "./deliveries.js";
import { Doing } from "./doing.js";
import { Foresight } from "./foresight.js";
import { Intake } from "./intake.js";
import { Kept } from "./kept.js";
import { Keypad } from "./keypad.js";
import { LastTaken } from "./last_taken.js";
import { Need } from "./need.js";
import { Outcomes } from "./outcomes.js";
import { People } from "./people.js";
import { Recent } from "./recent.js";
import { Run } from "./run.js";
import { SecondCode } from "./second_code.js";
import { ServerClock } from "./server_clock.js";
import { Strip } from "./strip.js";
import { WaysOn } from "./ways_on.js";

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
    this.lastTaken = new LastTaken();
    this.strip = new Strip(page, now);
    this.keypad = new Keypad({ onChange: () => this.doing.show() });
    this.second = new SecondCode({ seconds: settings.second_code_seconds, onOver: (card) => this.card.retitle(card, card.over), now });
    this.people = new People(this);
    this.need = new Need(this);
    this.deliveries = new Deliveries(this);
    this.run = new Run(this, page.run);
    this.doing = new Doing(this);
    this.intake = new Intake(this);
    this.outcomes = new Outcomes(this);
    this.ways = new WaysOn(this);
    this.foresight = new Foresight(this);
    this.card = new AnswerCard({ holder: page.answer, onWay: (card, way) => this.ways.take(card, way), findItems: (text) => this.#findItems(text) });
    this.recent = new Recent({ holder: page.recent, person: this.person && this.person.name, onUndo: (line) => this.ways.undo(line.key), now });
    this.strip.setPerson(this.person);
    this.doing.show();
  }

  placeName(code) {
    const found = (this.settings.locations || []).find((place) => place.code === code);
    return found ? found.name : code || "";
  }

  // --- what waits on the tablet --------------------------------------------------------------------------------------

  queueChanged(queue) {
    const before = this.queue;
    // A first code is not asked about while the request for both is on its way.
    const joining = queue.waiting.map((entry) => entry.joins);
    this.queue = { ...queue, needsPerson: queue.needsPerson.filter((entry) => !joining.includes(entry.key)) };
    this.drawQueue();
    this.card.setHeldBack(this.outbox && this.outbox.paused ? queue.waiting.length : 0);
    for (const entry of [...queue.waiting, ...queue.needsPerson]) this.intake.ownKeys.add(entry.key);
    if (before.connection !== "online" && queue.connection === "online") {
      this.#sayBackOnline();
      this.people.confirmClaim();
    }
  }

  #sayBackOnline() {
    const { outcomes, page } = this;
    if (!outcomes.lateAnswers) return;
    page.told.textContent = `Back online. ${outcomes.lateAnswers} sent.`;
    outcomes.lateAnswers = 0;
    setTimeout(() => page.told.replaceChildren(), SAID_MS);
  }

  /** What waits, without the scan whose question stands on the screen already. */
  drawQueue() {
    const shown = this.card.card && this.card.card.key;
    const needsPerson = this.queue.needsPerson.filter((entry) => entry.key !== shown);
    this.strip.setQueue({ ...this.queue, needsPerson });
  }

  // --- what stands in the middle -------------------------------------------------------------------------------------

  show(card, { silent = false } = {}) {
    const standing = this.card.card;
    const waits = this.outbox.paused || (standing && standing.expected && standing.key !== card.key);
    if (standing && standing.stop && !card.stop && card.state !== "signed_off" && waits) return;
    // A stop that the server has not confirmed yet holds nothing back: its own scan must still go out.
    if (card.stop && card.state !== "not_stored" && (!card.expected || card.holds)) this.outbox.pause();
    if (!this.panels.isKept) this.panels.close();
    if (card.half) this.second.wait(card);
    else if (card.state !== "checking") this.second.leave();
    this.#behind(Boolean(card.stop));
    this.card.show(card);
    this.card.setHeldBack(this.outbox.paused ? this.queue.waiting.length : 0);
    this.drawQueue();
    if (!silent && card.tone) this.sounds.play(card.tone);
    if (card.stop && navigator.vibrate) navigator.vibrate(200);
  }

  showReady() {
    this.second.leave();
    this.#behind(false);
    this.card.clear();
    this.onReady?.();
  }

  say(state, text) {
    this.show(ownCard(state, { heading: text, ways: [{ label: "Go on", act: "dismiss" }] }));
  }

  /** Behind a stop nothing else can be pressed. */
  #behind(isStop) {
    document.body.dataset.stop = isStop ? "yes" : "no";
    for (const part of this.page.behindStop) part.inert = isStop;
  }

  async #findItems(text) {
    const { status, answer } = await this.api.get(`/items?search=${encodeURIComponent(text)}&limit=8`);
    return status === 200 && answer ? answer.items : null;
  }
}
