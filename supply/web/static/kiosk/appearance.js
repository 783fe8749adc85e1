/* Owns: light or dark, and whether this tablet sounds, as the strip shows it. Must never change what a scan does. */

const THEME = "supply-kiosk-theme";

export class Appearance {
  constructor({ settings, sounds, soundButton, onChosen }) {
    Object.assign(this, { settings, sounds, soundButton, onChosen });
    this.prefersDark = matchMedia("(prefers-color-scheme: dark)");
    this.prefersDark.addEventListener("change", () => this.setTheme());
  }

  get theme() {
    return localStorage.getItem(THEME) || this.settings.theme || "auto";
  }

  setTheme(value) {
    if (value) localStorage.setItem(THEME, value);
    const { theme } = this;
    document.documentElement.dataset.bsTheme = theme === "auto" ? (this.prefersDark.matches ? "dark" : "light") : theme;
    if (value) this.onChosen();
  }

  drawSound() {
    this.soundButton.querySelector("span").textContent = this.sounds.muted ? "Sound off" : "Sound on";
    this.soundButton.dataset.muted = this.sounds.muted ? "yes" : "no";
  }
}
