/* Owns: the small choices that this tablet keeps over a reload, apart for each station. Must never keep a scan. */

export class Kept {
  constructor(station, storage = localStorage) {
    this.station = station || "";
    this.storage = storage;
  }

  get(name) {
    try {
      return this.storage.getItem(`supply-kiosk-${name}-${this.station}`);
    } catch {
      return null;
    }
  }

  set(name, value) {
    try {
      this.storage.setItem(`supply-kiosk-${name}-${this.station}`, value);
    } catch {
      // Then it lasts until the page is closed.
    }
  }
}
