/* Owns: the camera's place on the screen: its picture with the frame to hold a code in, its words, its light, which camera. Reading codes is camera.js's. */

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
    at("other-camera").addEventListener("click", () => this.#other());
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
    at("view").hidden = !started;
    at("other-camera").hidden = !started || (await camera.cameras()).length < 2;
    this.#offerLight();
    at("open-camera").setAttribute("aria-pressed", String(started));
    return undefined;
  }

  async #other() {
    await this.camera.next();
    this.#offerLight();
  }

  #offerLight() {
    const torch = this.at("torch");
    torch.hidden = !this.camera.hasTorch;
    torch.setAttribute("aria-pressed", "false");
  }

  close() {
    if (!this.camera.running && this.at("camera").hidden) return;
    this.camera.stop();
    this.at("camera").hidden = true;
    this.at("open-camera").setAttribute("aria-pressed", "false");
  }
}
