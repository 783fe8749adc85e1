/* Owns: that nobody overlooks a scan that has waited for a quarter of an hour: a sound, once a minute at most, and a look.
 * Must never sound while everything is sent. */

const LATE_MS = 15 * 60_000;
const AGAIN_MS = 60_000;
const LOOK_MS = 2000;

export class LateAlarm {
  constructor(kiosk, { now = () => Date.now() } = {}) {
    Object.assign(this, { kiosk, now, soundedAt: -Infinity });
  }

  start() {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  look() {
    const { oldest } = this.kiosk.queue;
    const late = oldest !== null && oldest !== undefined && this.now() - oldest > LATE_MS;
    document.body.dataset.late = late ? "yes" : "no";
    if (!late || this.now() - this.soundedAt < AGAIN_MS) return;
    this.soundedAt = this.now();
    this.kiosk.sounds.play("stop");
  }
}
