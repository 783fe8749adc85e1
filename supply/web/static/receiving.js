/* Owns: receiving with a scanner in hand: scans work wherever the focus is, are sent one after the other, and none is
 * lost or counted twice. Without script the scan field is a plain form. Must never decide what an answer means. */

import { watchFirstScan } from "./first_scan.js";
import { Sounds } from "./kiosk/sounds.js";
import { Wedge } from "./kiosk/wedge.js";

const BUSY_MS = 400;
const GS = "\u001d";
const form = document.querySelector("form[data-receive]");
const waiting = document.querySelector("[data-waiting]");
const sounds = new Sounds();
const queue = []; // forms to send, oldest first; each keeps its request_id until an answer came
let isReady = () => true;
let sending = false;
let stuck = false;

if (form) {
  isReady = watchFirstScan(form);
  new Wedge({ onScan: (text) => (isReady() ? send(form, text) : notRead()), onBroken: () => notRead() });
  document.addEventListener("submit", onSubmit);
  document.addEventListener("pointerdown", () => sounds.unlock(), { once: true });
  window.addEventListener("beforeunload", (event) => {
    if (queue.length) event.preventDefault();
  });
}

function onSubmit(event) {
  const sent = event.target;
  if (sent.method !== "post" || sent.action !== form.action) return;
  event.preventDefault();
  if (sent === form && !isReady()) notRead();
  else send(sent, null);
}

/** Put one form into the queue as it stands, under a key of its own; `text` is the code that a scanner sent. */
function send(source, text) {
  const fields = new URLSearchParams(new FormData(source));
  if (text !== null) fields.set("barcode", text.replaceAll(GS, "{GS}"));
  fields.set("request_id", newKey());
  if (source === form) form.querySelector('[name="barcode"]').value = "";
  queue.push({ address: form.action, fields });
  stuck = false;
  run();
}

async function run() {
  if (sending) return;
  sending = true;
  const busy = setTimeout(say, BUSY_MS);
  while (queue.length && !stuck) {
    try {
      const { address, fields } = queue[0];
      const answer = await fetch(address, { method: "POST", body: fields, credentials: "same-origin" });
      show(await answer.text(), answer);
      queue.shift();
    } catch {
      stuck = true; // kept, with its key: sending it again counts once
    }
  }
  clearTimeout(busy);
  sending = false;
  say();
}

function show(text, answer) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector(form.dataset.receive);
  if (!fresh) throw new Error(`no delivery in the answer ${answer.status}`);
  document.querySelector(form.dataset.receive).replaceWith(document.adoptNode(fresh));
  for (const control of fresh.querySelectorAll(".needs-script[hidden]")) control.hidden = false;
  const wrong = fresh.querySelector("[data-focus-first]");
  const outcome = wrong ? "unread" : fresh.querySelector("[data-outcome]")?.dataset.outcome;
  sounds.play(outcome ?? "unread");
  document.querySelector("[data-said-here]").textContent = fresh.querySelector("[data-said]")?.dataset.said ?? "";
  (wrong ?? fresh.querySelector('[data-outcome="look"] input:not([type="hidden"])') ?? form.querySelector('[name="barcode"]')).focus();
}

function say() {
  waiting.replaceChildren();
  if (!queue.length) return;
  const words = document.createElement("span");
  words.textContent = stuck
    ? `No answer from the server. ${queue.length} not sent yet; keep this page open.`
    : `Checking… ${queue.length > 1 ? `${queue.length} waiting` : ""}`;
  waiting.append(words);
  if (!stuck) return;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-outline-secondary";
  again.textContent = "Send again";
  again.addEventListener("click", () => {
    stuck = false;
    run();
  });
  waiting.append(again);
}

function notRead() {
  form.querySelector('[name="barcode"]').value = "";
  sounds.play("unread");
  waiting.textContent = "Not a complete read. Hold steady and scan again.";
}

/** A version 4 UUID; crypto.randomUUID is missing on plain http in an office's own network. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
