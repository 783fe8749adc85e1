/* Owns: the camera's place on the screen: its picture, its words, its light. Reading codes is camera.js's. */

import { Camera } from "./camera.js";

const SAID_AGAIN_MS = 3000;

export class CameraBox {
  constructor(kiosk, at) {
    this.at = at;
    let severalAt = 0;
    this.camera = new Camera({
      video: at("video"),
      send: (blob) => kiosk.api.picture("/camera-frames", blob),
      onCode: (text) => kiosk.intake.scanned(text),
      onSeveral: () => {
        if (Date.now() - severalAt < SAID_AGAIN_MS) return;
        severalAt = Date.now();
        kiosk.sounds.play("look");
        at("camera-state").textContent = "Two codes read. Cover one and scan again.";
      },
      onState: (words) => {
        at("camera-state").textContent = words;
      },
    });
    at("camera-close").addEventListener("click", () => this.close());
    at("torch").addEventListener("click", (event) => {
      const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
      event.currentTarget.setAttribute("aria-pressed", String(on));
      this.camera.setTorch(on);
    });
  }

  async toggle() {
    const { at, camera } = this;
    if (camera.running) return this.close();
    at("camera").hidden = false;
    const started = await camera.start();
    at("video").hidden = !started;
    at("torch").hidden = !camera.hasTorch;
    at("open-camera").setAttribute("aria-pressed", String(started));
    return undefined;
  }

  close() {
    if (!this.camera.running && this.at("camera").hidden) return;
    this.camera.stop();
    this.at("camera").hidden = true;
    this.at("open-camera").setAttribute("aria-pressed", "false");
  }
}
