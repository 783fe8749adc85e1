/* Owns: reading codes with the tablet's camera: one small picture at a time to the server, never a queue of them.
 * Must never count one box twice: a code is not read again while it is in view and for two seconds after. */

const WIDTH = 640;
const QUALITY = 0.7;
const PART = Object.freeze({ across: 0.8, down: 0.75 }); // of the picture, in its middle: only what the drawn frame shows is read
const FRAME_MS = 150; // the fastest: six or seven pictures a second
const SLOWEST_MS = 250; // where the server is slow four a second are asked for; it still gets one at a time
const AGREE_MS = 1000; // the pictures that must agree on a code lie within this time
const REST_MS = 2000; // how long a code must be out of view before it counts again
const IDLE_MS = 60_000; // so long without a code and the camera pauses: a phone must not grow hot in a pocket
const SIZE = Object.freeze({ width: { ideal: 1280 }, height: { ideal: 720 } });
const CHOSEN = "supply-camera"; // the camera of this device that worked last
const STACKED = /pdf417/i;
const TWO_DIMENSIONAL = /matrix|qr|aztec|pdf417|maxicode|dotcode/i;

/** How many pictures must agree: the server says so. Alone, a line code or a PDF417 in one picture proves too little. */
function picturesFor(code) {
  return code.agree ?? ((code.linear ?? !TWO_DIMENSIONAL.test(code.format || "")) || STACKED.test(code.format || "") ? 2 : 1);
}

/** Two good reads, or one good and two doubtful: as many reads as the most careful of them asks for. */
function isEnough(reads) {
  return [1, 2, 3].some((count) => reads.filter(({ asks }) => asks <= count).length >= count);
}

/** PURE: from the codes of each picture to the codes that count. `seen(codes, at)` gives {accepted, several}. */
export class Agreement {
  constructor() {
    this.reads = new Map();
    this.resting = new Map();
  }

  seen(codes, at) {
    for (const [text, until] of this.resting) if (until < at) this.resting.delete(text);
    for (const [text, reads] of this.reads) this.#keep(text, reads.filter((read) => at - read.at <= AGREE_MS));
    const texts = new Set();
    const fresh = [];
    for (const code of codes) {
      if (texts.has(code.text)) continue;
      texts.add(code.text);
      if (this.resting.has(code.text)) this.resting.set(code.text, at + REST_MS);
      else if (isEnough(this.#read(code, at))) fresh.push(code);
    }
    if (fresh.length + (texts.size > 1 ? 1 : 0) > 1) return { accepted: null, several: true };
    if (!fresh.length) return { accepted: null, several: false };
    this.reads.delete(fresh[0].text);
    this.resting.set(fresh[0].text, at + REST_MS);
    return { accepted: fresh[0], several: false };
  }

  #read(code, at) {
    return this.#keep(code.text, [...(this.reads.get(code.text) ?? []), { at, asks: picturesFor(code) }]);
  }

  #keep(text, reads) {
    if (reads.length) this.reads.set(text, reads);
    else this.reads.delete(text);
    return reads;
  }
}

/** What travels as the scan's text: with the AIM identifier where it carries meaning (GS1), bare otherwise. */
export function scanText(code) {
  return code.gs1 && /^\][A-Za-z][0-9A-Za-z]$/.test(code.symbology || "") ? code.symbology + code.text : code.text;
}

/** Why there is no camera, in the person's words; "" when there may be one. */
export function whyNoCamera() {
  if (!window.isSecureContext) return "The camera needs a secure address (https). Ask who looks after this system.";
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return "This browser cannot use a camera here.";
  return "";
}

/** `send(blob)` resolves to {status, answer}; `onCode(text)`, `onSeveral()`, `onState(words)`. */
export class Camera {
  constructor({ video, send, onCode, onSeveral, onState, clock = () => performance.now() }) {
    Object.assign(this, { video, send, onCode, onSeveral, onState, clock });
    this.stream = null;
    this.agreement = new Agreement();
    this.canvas = document.createElement("canvas");
    this.hidden = () => document.hidden && this.stop("The camera stopped while the page was hidden.");
  }

  get running() {
    return this.stream !== null;
  }

  async start() {
    const why = whyNoCamera();
    if (why) {
      this.onState(why);
      return false;
    }
    try {
      this.stream = await this.#opened({ ...SIZE, facingMode: { ideal: "environment" } });
    } catch (problem) {
      this.onState(refusal(problem));
      return false;
    }
    document.addEventListener("visibilitychange", this.hidden);
    await this.#show(this.stream);
    return true;
  }

  /** The cameras of this device; a browser names them once one is allowed. */
  async cameras() {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
  }

  /** Goes on with the next camera of this device, and remembers it. One that does not open is passed over. */
  async next() {
    const cameras = await this.cameras();
    const now = this.#track && this.#track.getSettings().deviceId;
    const at = cameras.findIndex(({ deviceId }) => deviceId === now);
    for (const { deviceId } of [...cameras.slice(at + 1), ...cameras.slice(0, at + 1)]) {
      if (!this.stream) return;
      for (const track of this.stream.getTracks()) track.stop(); // many a phone opens one at a time only
      const opened = await open({ ...SIZE, deviceId: { exact: deviceId } }).catch(() => null);
      if (!opened) continue;
      this.stream = remember(opened);
      await this.#show(opened);
      return;
    }
    this.stop("The camera did not start. Try again.");
  }

  async #show(stream) {
    this.video.srcObject = stream;
    await this.video.play().catch(() => {});
    this.codeAt = this.clock();
    this.onState("Hold the code in the frame.");
    this.#loop(stream);
  }

  get #track() {
    return this.stream ? this.stream.getVideoTracks()[0] : null;
  }

  stop(words = "") {
    document.removeEventListener("visibilitychange", this.hidden);
    if (this.stream) for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.onState(words);
  }

  get hasTorch() {
    const track = this.#track;
    return Boolean(track && track.getCapabilities && track.getCapabilities().torch);
  }

  setTorch(on) {
    const track = this.#track;
    return track ? track.applyConstraints({ advanced: [{ torch: on }] }).catch(() => {}) : Promise.resolve();
  }

  /** The camera that worked last, or the one at the back; a remembered one that is gone is forgotten. */
  async #opened(wanted) {
    const chosen = kept();
    if (!chosen) return remember(await open(wanted));
    const { facingMode, ...size } = wanted;
    return remember(await open({ ...size, deviceId: { exact: chosen } }).catch(() => open({ ...size, facingMode })));
  }

  /** The next picture only after the answer to the last: a slow server gets fewer, never a pile. */
  async #loop(stream) {
    while (this.stream === stream) {
      const began = this.clock();
      const blob = await this.#picture();
      if (blob && this.stream === stream) await this.#read(blob);
      if (this.stream !== stream) return;
      if (this.clock() - this.codeAt > IDLE_MS) return this.stop("No code for a minute: the camera rests. Open it again to go on.");
      const took = this.clock() - began;
      const rest = Math.min(SLOWEST_MS, Math.max(FRAME_MS, 2 * took)) - took;
      await new Promise((resolve) => setTimeout(resolve, Math.max(20, rest)));
    }
  }

  async #picture() {
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth || this.video.readyState < 2) return null;
    const [width, height] = [videoWidth * PART.across, videoHeight * PART.down];
    const scale = Math.min(1, WIDTH / width);
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const from = [(videoWidth - width) / 2, (videoHeight - height) / 2];
    this.canvas.getContext("2d").drawImage(this.video, ...from, width, height, 0, 0, this.canvas.width, this.canvas.height);
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/jpeg", QUALITY));
  }

  async #read(blob) {
    const result = await this.send(blob).catch(() => null);
    if (!this.stream) return;
    if (!result || result.status >= 400 || !result.answer) {
      this.onState(result && result.status === 401 ? "You are signed off." : "The server does not answer; the camera waits.");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return;
    }
    const { accepted, several } = this.agreement.seen(result.answer.codes || [], this.clock());
    if ((result.answer.codes || []).length) this.codeAt = this.clock();
    if (several) this.onSeveral();
    if (accepted) this.onCode(scanText(accepted));
  }
}

function open(video) {
  return navigator.mediaDevices.getUserMedia({ video, audio: false });
}

function kept() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function remember(stream) {
  const { deviceId } = stream.getVideoTracks()[0]?.getSettings?.() ?? {};
  try {
    if (deviceId) localStorage.setItem(CHOSEN, deviceId);
  } catch {
    // a browser that keeps nothing asks for the camera at the back each time
  }
  return stream;
}

function refusal(problem) {
  if (problem.name === "NotAllowedError") return "The camera is not allowed. Allow it in the browser's settings, then try again.";
  if (problem.name === "NotFoundError" || problem.name === "OverconstrainedError") return "There is no camera on this device.";
  if (problem.name === "NotReadableError") return "Another program uses the camera. Close it, then try again.";
  return "The camera did not start. Try again.";
}
