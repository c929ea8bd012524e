// The camera: codes in its picture, by the browser's own detector or by the server, and each of them once.
"use strict";

const WIDTH = 960;
const QUALITY = 0.7;
const GAP_MS = 120;
const FORGET_MS = 1500;

/** The texts of the codes in a picture, by the server; null when it cannot be reached. */
export async function decode(blob) {
  try {
    const answer = await fetch("/scan/decode", {
      method: "POST",
      headers: { "content-type": blob.type || "image/jpeg", accept: "application/json" },
      body: blob,
    });
    return answer.status === 200 ? (await answer.json()).texts : answer.status === 422 ? [] : null;
  } catch {
    return null;
  }
}

export class Camera {
  /** `found(text)`: a code came into view; `state(word)`: "on", "denied", "none", "offline". */
  constructor(video, found, state) {
    this.video = video;
    this.found = found;
    this.state = state;
    this.seen = new Map();
    this.stream = null;
  }

  get running() {
    return this.stream !== null;
  }

  async start() {
    if (this.running) return;
    if (!navigator.mediaDevices?.getUserMedia) return void this.state("none");
    try {
      const video = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video });
    } catch (error) {
      return void this.state(error.name === "NotAllowedError" ? "denied" : "none");
    }
    this.video.srcObject = this.stream;
    await this.video.play().catch(() => {});
    this.state("on");
    this.read = await this.reader();
    void this.loop();
  }

  async reader() {
    if ("BarcodeDetector" in window) {
      const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
      if (known.includes("qr_code")) {
        const detector = new BarcodeDetector({ formats: known.filter((name) => name === "qr_code" || name === "data_matrix") });
        return async () => (await detector.detect(this.video)).map((code) => code.rawValue);
      }
    }
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { alpha: false });
    return async () => {
      const scale = Math.min(1, WIDTH / this.video.videoWidth);
      canvas.width = Math.round(this.video.videoWidth * scale);
      canvas.height = Math.round(this.video.videoHeight * scale);
      context.drawImage(this.video, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
      return blob ? decode(blob) : [];
    };
  }

  async loop() {
    while (this.running) {
      const begun = performance.now();
      if (!document.hidden && this.video.videoWidth > 0) {
        const texts = await this.read().catch(() => []);
        this.state(texts === null ? "offline" : "on");
        if (texts && texts.length > 0) this.see(texts);
      }
      const wait = Math.max(0, GAP_MS - (performance.now() - begun));
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** A code counts when it comes into view, not for as long as it stays there; the one in the middle goes first. */
  see(texts) {
    const now = performance.now();
    for (const [text, at] of this.seen) if (now - at > FORGET_MS) this.seen.delete(text);
    const fresh = texts[0] && !this.seen.has(texts[0]);
    for (const text of texts) if (this.seen.has(text)) this.seen.set(text, now);
    if (!fresh) return;
    this.seen.set(texts[0], now);
    this.found(texts[0]);
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }
}
