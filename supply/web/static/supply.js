// What makes pages quicker where there is script. Every form and link works without it.
// data-swap="#id" on a form or link: fetch, and replace only that part. toast(text, {undo}) says what was done.

const TOAST_MS = 10000;
const BUSY_AFTER_MS = 400;

/** The token that unsafe requests of this session carry. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** fetch with the session's token; JSON when `json` is given. */
export function send(address, { method = "POST", json, headers = {}, ...rest } = {}) {
  const sent = { "X-CSRF-Token": csrfToken(), ...headers };
  if (json !== undefined) {
    sent["Content-Type"] = "application/json";
    rest.body = JSON.stringify(json);
  }
  return fetch(address, { method, headers: sent, credentials: "same-origin", ...rest });
}

/** Say what was done, with an Undo that stays ten seconds and waits under the pointer or the focus. */
export function toast(text, { undo, kind = "ok" } = {}) {
  const line = document.createElement("div");
  line.className = `toast-line notice-${kind}`;
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  line.append(said);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-secondary";
    button.textContent = "Undo";
    button.addEventListener("click", async () => {
      line.remove();
      await undo();
    });
    line.append(button);
  }
  document.getElementById("toasts").append(line);
  said.textContent = text; // after it is in the page, so that it is announced
  let left = setTimeout(() => line.remove(), TOAST_MS);
  const hold = () => clearTimeout(left);
  const release = () => {
    hold();
    left = setTimeout(() => line.remove(), TOAST_MS);
  };
  line.addEventListener("pointerenter", hold);
  line.addEventListener("focusin", hold);
  line.addEventListener("pointerleave", release);
  line.addEventListener("focusout", release);
  return line;
}

/** Fetch a page and put its part `target` in place of ours; anything unexpected loads the page as usual. */
async function swap(address, target, options = {}) {
  const place = document.querySelector(target);
  const busy = setTimeout(() => place.classList.add("is-busy"), BUSY_AFTER_MS);
  const focused = document.activeElement?.id;
  try {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(target);
    if (!fresh) {
      if (options.method) document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
      else location.assign(answer.url);
      return;
    }
    place.replaceWith(document.adoptNode(fresh));
    document.title = page.title || document.title;
    history.replaceState(null, "", answer.url);
    ready(fresh);
    (fresh.querySelector("[data-focus-first]") ?? (focused && document.getElementById(focused)))?.focus();
  } catch {
    toast("No answer from the server. Nothing was changed. Try again.", { kind: "stop" });
  } finally {
    clearTimeout(busy);
    place.classList.remove("is-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const target = form.dataset.swap;
  if (!target || !document.querySelector(target)) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  if (form.method === "get") {
    const address = new URL(form.action);
    address.search = new URLSearchParams(fields).toString();
    swap(address, target);
  } else {
    swap(form.action, target, { method: "POST", body: new URLSearchParams(fields) });
  }
});

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step], [data-set]");
  if (step) return stepTo(step);
  const link = event.target.closest("a[data-swap]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && document.querySelector(link.dataset.swap)) {
    event.preventDefault();
    swap(link.href, link.dataset.swap);
  }
  for (const menu of document.querySelectorAll("details[data-close-outside][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-close-outside][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function stepTo(button) {
  const input = button.closest("[data-stepper]").querySelector("input");
  const wanted = button.dataset.set ? Number(button.dataset.set) : Number(input.value || 0) + Number(button.dataset.step);
  input.value = Math.min(Number(input.max), Math.max(Number(input.min), wanted));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** What a fresh part of the page needs: controls that only script can serve are shown. */
function ready(part) {
  for (const control of part.querySelectorAll(".needs-script[hidden]")) control.hidden = false;
}

ready(document);
document.querySelector("[data-focus-first]")?.focus();
