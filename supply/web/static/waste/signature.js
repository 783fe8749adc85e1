/* Owns: signing: the pad to draw on beside the typed name, and sending the form so that no drawing is lost on an error.
 * Without script one signs by typing. Must never sign by itself: only the button sends. */

import { Strokes } from "./signature_strokes.js";

const PICTURE = /^data:image\/png;base64,[A-Za-z0-9+/=]+$/;

/** One pad: a canvas, its Clear button, the hidden field with the picture, and the two ways to sign. */
class Pad {
  constructor(box) {
    this.box = box;
    this.canvas = box.querySelector("canvas");
    this.field = box.querySelector('[name="drawing"]');
    this.strokes = new Strokes();
    this.pointer = null;
    for (const control of box.querySelectorAll("[data-with-script][hidden]")) control.hidden = false;
    box.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    for (const way of box.querySelectorAll('[name="method"]')) way.addEventListener("change", () => this.show());
    this.canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, (event) => this.#up(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    if (!box.dataset.chosen) box.querySelector('[name="method"][value="drawn"]').checked = true;
    this.#restore();
    this.show();
  }

  get isDrawn() {
    return this.box.querySelector('[name="method"]:checked')?.value === "drawn";
  }

  show() {
    this.box.querySelector("[data-drawn]").hidden = !this.isDrawn;
    this.box.querySelector("[data-typed]").hidden = this.isDrawn;
    this.box.dataset.state = this.isDrawn ? (this.strokes.isEmpty ? "empty" : "drawn") : "typed";
    this.box.querySelector("[data-pad-words]").textContent = this.strokes.isEmpty ? "Nothing drawn yet." : "Drawn.";
    if (this.isDrawn) this.draw();
  }

  clear() {
    this.strokes.clear();
    this.field.value = "";
    this.show();
  }

  draw() {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.#ink();
  }

  #ink() {
    const context = this.canvas.getContext("2d");
    this.strokes.draw(context, this.canvas.width, this.canvas.height, "#000000");
  }

  #at(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }

  #down(event) {
    if (this.pointer !== null || event.button > 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.begin(...this.#at(event));
    this.#ink();
  }

  #move(event) {
    if (event.pointerId !== this.pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) this.strokes.add(...this.#at(one));
    this.#ink();
  }

  #up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.field.value = this.strokes.picture();
    this.show();
  }

  /** What came back with a refused form is drawn again. */
  #restore() {
    if (!PICTURE.test(this.field.value)) return;
    const picture = new Image();
    picture.addEventListener("load", () => {
      if (!this.strokes.isEmpty) return;
      this.strokes.base = picture;
      this.show();
    });
    picture.src = this.field.value;
  }
}

const waiting = document.querySelector("[data-sign-waiting]");
let sending = false;

async function send(form) {
  if (sending) return;
  sending = true;
  waiting.textContent = "Sending…";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
    if (answer.redirected) {
      window.location.assign(answer.url);
      return;
    }
    show(form, await answer.text(), answer.status);
  } catch {
    waiting.textContent = "No answer from the server. Your signature is kept on this page: press the button again.";
  }
  sending = false;
}

/** The page with what is wrong takes the place of this one; a page without a form leaves this one, and the drawing, alone. */
function show(form, text, status) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector(form.dataset.sign);
  if (!fresh) {
    const said = page.querySelector("main p")?.textContent ?? "";
    waiting.textContent = `Not signed (${status}). ${said} Your signature is kept on this page.`;
    return;
  }
  waiting.textContent = "";
  document.querySelector(form.dataset.sign).replaceWith(document.adoptNode(fresh));
  start(fresh);
  fresh.querySelector("[data-focus-first]")?.focus();
}

function start(root) {
  for (const box of root.querySelectorAll("[data-signature]")) new Pad(box);
  const form = root.querySelector("form[data-sign]");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

start(document);
