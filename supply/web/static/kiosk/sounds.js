/* Owns: the tones and how loud they are on this tablet. Must never be the only sign of anything, and never sounds
 * three or five pulses, which resemble medical alarms. */

// [hertz, milliseconds] in turn; a hertz of 0 is silence.
export const TONES = Object.freeze({
  recorded: [[880, 70], [1318, 110]],
  look: [[659, 100], [0, 80], [659, 100]],
  stop: [[392, 220], [0, 40], [262, 340]],
  unread: [[220, 280]],
  held: [[587, 70], [587, 160]],
  undone: [[1318, 70], [880, 110]],
  hello: [[784, 60], [988, 110]],
  // What a scan will do now: each mode has its own pair.
  "mode-use": [[523, 60], [659, 90]],
  "mode-receive": [[392, 60], [523, 90]],
  "mode-return": [[659, 60], [523, 90]],
  "mode-count": [[587, 60], [698, 90]],
  "mode-move": [[440, 60], [587, 90]],
  "mode-discard": [[349, 60], [294, 90]],
  "mode-lookup": [[698, 60], [784, 90]],
});
const GAIN = 0.3;
const RAMP_SECONDS = 0.005;
const STORED = "supply-kiosk-sound";

export class Sounds {
  constructor({ storage = localStorage, makeContext = () => new AudioContext() } = {}) {
    this.storage = storage;
    this.makeContext = makeContext;
    this.context = null;
    const kept = readKept(storage);
    this.muted = kept.muted === true;
    this.volume = Number.isFinite(kept.volume) ? Math.min(1, Math.max(0.1, kept.volume)) : 1;
  }

  /** Browsers let a page sound only after a touch or a key: call this from the first one. */
  unlock() {
    try {
      this.context ??= this.makeContext();
      if (this.context.state === "suspended") this.context.resume().catch(() => {});
    } catch {
      this.context = null; // no audio device: the screen says everything too
    }
  }

  keep({ muted = this.muted, volume = this.volume }) {
    this.muted = muted;
    this.volume = Math.min(1, Math.max(0.1, Math.round(volume * 10) / 10));
    try {
      this.storage.setItem(STORED, JSON.stringify({ muted: this.muted, volume: this.volume }));
    } catch {
      // A full or forbidden storage only means that the choice lasts until the page is closed.
    }
  }

  play(name) {
    const tone = TONES[name];
    if (!tone || this.muted) return;
    this.unlock();
    if (!this.context) return;
    let at = this.context.currentTime + 0.01;
    for (const [hertz, milliseconds] of tone) {
      if (hertz) this.#pulse(hertz, at, milliseconds / 1000);
      at += milliseconds / 1000;
    }
  }

  #pulse(hertz, at, seconds) {
    const source = this.context.createOscillator();
    const gain = this.context.createGain();
    const loud = GAIN * this.volume;
    source.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + RAMP_SECONDS);
    gain.gain.setValueAtTime(loud, at + seconds - RAMP_SECONDS);
    gain.gain.linearRampToValueAtTime(0, at + seconds);
    source.connect(gain).connect(this.context.destination);
    source.start(at);
    source.stop(at + seconds);
  }
}

function readKept(storage) {
  try {
    return JSON.parse(storage.getItem(STORED)) || {};
  } catch {
    return {};
  }
}
