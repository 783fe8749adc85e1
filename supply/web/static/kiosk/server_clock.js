/* Owns: the moment by the server's clock. A tablet a year off would judge every expiry wrongly, so its own never counts. */

const SAME_MS = 2000; // less than this is the way over the network

export class ServerClock {
  /** `told` is the server's time in the page, ISO 8601; `now` the tablet's clock in milliseconds. */
  constructor(told, now) {
    this.now = now;
    this.skew = told ? Date.parse(told) - now() : 0;
  }

  /** The server said its time, in milliseconds. */
  set(time) {
    const skew = time - this.now();
    if (Math.abs(skew - this.skew) > SAME_MS) this.skew = skew;
  }

  iso() {
    return new Date(this.now() + this.skew).toISOString();
  }
}
