/* Owns: asking what the scans of this station came to, for the serial scanner beside the screen. Short polling: each
 * question waits for the answer to the last. Must never show an answer twice, nor one from before the page was opened. */

const EVERY_MS = 800;
const SLOW_MS = 15_000;

/** `ask(after)` resolves to {status, answer: {items, next}}; `onAnswer(line)` for each new scan. Without `after` the server
 * tells only where to go on from. */
export class StationAnswers {
  constructor({ ask, onAnswer, every = EVERY_MS, slow = SLOW_MS }) {
    Object.assign(this, { ask, onAnswer, every, slow });
    this.after = null;
    this.running = false;
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.#turn();
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
    this.after = null;
  }

  async #turn() {
    let wait = document.hidden ? this.slow : this.every;
    try {
      const { status, answer } = await this.ask(this.after);
      if (!this.running) return;
      if (status === 200 && answer) this.#take(answer);
      else wait = this.slow;
    } catch {
      wait = this.slow / 5;
    }
    if (this.running) this.timer = setTimeout(() => this.#turn(), wait);
  }

  #take(answer) {
    const first = this.after === null;
    this.after = answer.next ?? this.after;
    if (!first) for (const line of answer.items || []) this.onAnswer(line);
  }
}
