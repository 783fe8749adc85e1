/* Owns: the strokes of one signature, as fractions of the pad, and how they become ink on a canvas or a picture.
 * Must never know a form or a page. */

const EXPORT_WIDTH = 900;
const EXPORT_HEIGHT = 300;
const INK = "#000000";
const LINE = 1 / 130; // of the width
const MOST_POINTS = 20_000;

export class Strokes {
  constructor() {
    this.clear();
  }

  clear() {
    this.strokes = [];
    this.points = 0;
    this.base = null; // what was drawn before the page came back from the server
  }

  get isEmpty() {
    return this.base === null && this.strokes.length === 0;
  }

  begin(x, y) {
    this.strokes.push([]);
    this.add(x, y);
  }

  add(x, y) {
    if (this.points >= MOST_POINTS || !this.strokes.length) return;
    this.points += 1;
    this.strokes.at(-1).push([Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))]);
  }

  draw(context, width, height, ink) {
    context.clearRect(0, 0, width, height);
    if (this.base) context.drawImage(this.base, 0, 0, width, height);
    context.strokeStyle = ink;
    context.fillStyle = ink;
    context.lineWidth = Math.max(2, width * LINE);
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const stroke of this.strokes) drawStroke(context, stroke, width, height);
  }

  /** The signature as a PNG data address: black ink on nothing, of one size whatever screen it was drawn on. */
  picture() {
    const canvas = document.createElement("canvas");
    canvas.width = EXPORT_WIDTH;
    canvas.height = EXPORT_HEIGHT;
    this.draw(canvas.getContext("2d"), EXPORT_WIDTH, EXPORT_HEIGHT, INK);
    return canvas.toDataURL("image/png");
  }
}

function drawStroke(context, stroke, width, height) {
  const [x, y] = stroke[0];
  if (stroke.length === 1) {
    context.beginPath();
    context.arc(x * width, y * height, context.lineWidth / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.beginPath();
  context.moveTo(x * width, y * height);
  for (const [nextX, nextY] of stroke.slice(1)) context.lineTo(nextX * width, nextY * height);
  context.stroke();
}
