/* Owns: speaking with our own server. Must never decide what an answer means. */

/** Calls of /api/v1 with the session and its CSRF token. Each resolves to {status, answer}; rejects without an answer. */
export class Api {
  constructor({ csrf = "", base = "/api/v1", onServerTime = () => {} } = {}) {
    this.csrf = csrf;
    this.onServerTime = onServerTime;
    this.base = base;
  }

  /** `tag` names the content that is kept already: the same again is answered 304, without it. */
  get(path, signal, tag) {
    const known = tag ? { "If-None-Match": tag } : {};
    return this.#call(path, { headers: { Accept: "application/json", ...known }, signal });
  }

  post(path, body, signal) {
    return this.#call(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.csrf },
      body: JSON.stringify(body),
      signal,
    });
  }

  remove(path, signal) {
    return this.#call(path, { method: "DELETE", headers: { Accept: "application/json", "X-CSRF-Token": this.csrf }, signal });
  }

  /** Sends one picture as it is. */
  picture(path, blob, signal) {
    return this.#call(path, {
      method: "POST",
      headers: { "Content-Type": blob.type, Accept: "application/json", "X-CSRF-Token": this.csrf },
      body: blob,
      signal,
    });
  }

  async #call(path, options) {
    const response = await fetch(this.base + path, { credentials: "same-origin", cache: "no-store", ...options });
    const text = await response.text();
    const time = Date.parse(response.headers.get("Date") || "");
    if (time) this.onServerTime(time);
    if (response.redirected) return { status: 401, answer: null }; // sent to the sign-in page
    return { status: response.status, answer: parsed(text), tag: response.headers.get("ETag") };
  }
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return null; // a proxy's page in between: the status alone counts
  }
}
