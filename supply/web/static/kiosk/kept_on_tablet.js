/* Owns: what this tablet keeps to open without a network: its last settings and the catalogue of its places, in IndexedDB.
 * Must never keep a scan (store.js does), a session, a token or a PIN. */

const DATABASE = "supply-kiosk-kept";
const TABLE = "kept";
// Of the page's settings, what may outlive a session: places, commands, names; never who is signed in or a token.
const KEPT_SETTINGS = Object.freeze([
  "station", "mode", "location", "locations", "office", "home_url", "sign_in_url", "idle_seconds", "second_code_seconds",
  "undo_minutes", "theme", "wedge", "commands", "departments", "mode_idle_seconds", "ask_unit",
]);

/** Opens it; rejects where this browser keeps nothing. */
export function openKept(factory = indexedDB) {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "name" });
    request.onsuccess = () => resolve(new KeptOnTablet(request.result));
    request.onerror = () => reject(request.error);
  });
}

export class KeptOnTablet {
  constructor(database) {
    this.database = database;
    database.onversionchange = () => database.close();
  }

  /** What was kept under this name, or null. */
  get(name) {
    return this.#ask("readonly", (table) => table.get(name)).then((found) => (found ? found.value : null));
  }

  set(name, value) {
    return this.#ask("readwrite", (table) => table.put({ name, value }));
  }

  /** The settings of the page of this station, and how far the tablet's clock is from the server's. */
  async settings(station) {
    return (await this.get(`settings:${station || ""}`)) || null;
  }

  keepSettings(settings, more = {}) {
    const chosen = Object.fromEntries(KEPT_SETTINGS.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
    return this.set(`settings:${settings.station || ""}`, { ...chosen, ...more });
  }

  #ask(mode, act) {
    return new Promise((resolve, reject) => {
      const request = act(this.database.transaction(TABLE, mode).objectStore(TABLE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}
