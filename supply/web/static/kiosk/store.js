/* Owns: the scans of this tablet that nobody has answered for yet, in IndexedDB, in the order in which they were made.
 * Must never say "kept" before the disk has them: every write asks for strict durability and waits for its end. */

const STORE = "scans";

/** Opens the store; rejects when this browser cannot keep anything. */
export function openStore(name = "supply-kiosk", factory = indexedDB) {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => {
      const scans = request.result.createObjectStore(STORE, { keyPath: "key" });
      scans.createIndex("order", "order");
    };
    request.onsuccess = () => resolve(new Store(request.result));
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("Another window of this page is out of date."));
  });
}

export class Store {
  constructor(database) {
    this.database = database;
    database.onversionchange = () => database.close();
  }

  /** Keeps a new scan behind all others, or before them; resolves once the disk has it. */
  add(entry, { front = false } = {}) {
    return this.#write((scans, done) => {
      const index = scans.index("order");
      index.openKeyCursor(null, front ? "next" : "prev").onsuccess = (event) => {
        const edge = event.target.result ? event.target.result.key : 0;
        const kept = { ...entry, order: front ? edge - 1 : edge + 1 };
        scans.add(kept);
        done(kept);
      };
    });
  }

  /** Keeps a changed scan; one that was removed meanwhile stays removed. */
  update(entry) {
    return this.#write((scans, done) => {
      scans.getKey(entry.key).onsuccess = (event) => {
        if (event.target.result !== undefined) scans.put(entry);
        done(entry);
      };
    });
  }

  remove(key) {
    return this.#write((scans) => scans.delete(key));
  }

  /** Every kept scan, oldest first. */
  all() {
    return new Promise((resolve, reject) => {
      const request = this.database.transaction(STORE).objectStore(STORE).index("order").getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  close() {
    this.database.close();
  }

  #write(act) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
      let value;
      transaction.oncomplete = () => resolve(value);
      transaction.onabort = () => reject(transaction.error || new Error("The browser could not keep the scan."));
      act(transaction.objectStore(STORE), (result) => {
        value = result;
      });
    });
  }
}
