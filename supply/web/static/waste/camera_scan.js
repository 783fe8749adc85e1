/* Owns: the camera beside a scan field: a code that it reads is put into the form with data-receive and sent.
 * Must never decide what a code means. Without script or camera one types the number. */

import { Api } from "../kiosk/api.js";
import { Camera } from "../kiosk/camera.js";

const form = document.querySelector("form[data-receive]");
const box = document.querySelector("[data-camera]");

if (form && box) {
  const open = box.querySelector("[data-camera-open]");
  const view = box.querySelector("[data-camera-view]");
  const words = box.querySelector("[data-camera-words]");
  const api = new Api({ csrf: document.querySelector('meta[name="csrf-token"]')?.content ?? "" });
  const camera = new Camera({
    video: box.querySelector("video"),
    send: (blob) => api.picture("/camera-frames", blob),
    onCode(text) {
      form.querySelector('[name="barcode"]').value = text.replaceAll("\u001d", "{GS}");
      form.requestSubmit();
    },
    onSeveral: () => (words.textContent = "Two codes read. Cover one and scan again."),
    onState(said) {
      words.textContent = said;
      if (!camera?.running) close();
    },
  });
  function close() {
    view.hidden = true;
    open.textContent = "Use the camera";
    open.setAttribute("aria-expanded", "false");
  }
  open.hidden = false;
  open.addEventListener("click", async () => {
    if (camera.running) {
      camera.stop();
      close();
      return;
    }
    view.hidden = false;
    if (await camera.start()) {
      open.textContent = "Close the camera";
      open.setAttribute("aria-expanded", "true");
    } else view.hidden = true;
  });
}
