// The small picture above the scrub bar: one tile of a sprite sheet, at the time under the pointer.

import { clamp, clock } from "./time.js";

export class SpritePreview {
  constructor(player, spriteUrl, indexUrl) {
    this.player = player;
    this.spriteUrl = spriteUrl;
    this.indexUrl = indexUrl;
    this.box = player.querySelector("[data-preview]");
    this.picture = player.querySelector("[data-picture]");
    const scrub = player.scrub;
    scrub.addEventListener("pointermove", (event) => this.show(event.clientX));
    scrub.addEventListener("pointerleave", () => (this.box.hidden = true));
    scrub.addEventListener("pointerenter", () => this.load(), { once: true });
  }

  async load() {
    const response = await fetch(this.indexUrl).catch(() => null);
    if (!response?.ok) return;
    const index = await response.json();
    const sheet = new Image();
    sheet.addEventListener("load", () => this.use(index, sheet));
    sheet.src = this.spriteUrl;
  }

  use(index, sheet) {
    this.index = index;
    this.picture.style.width = `${index.tile_width_px}px`;
    this.picture.style.height = `${index.tile_height_px}px`;
    this.picture.style.backgroundImage = `url("${sheet.src}")`;
    // The pointer was there before the pictures were.
    if (this.clientX !== undefined && !this.box.hidden) this.show(this.clientX);
  }

  show(clientX) {
    this.clientX = clientX;
    const { left, width } = this.player.scrub.getBoundingClientRect();
    const time_s = clamp((clientX - left) / width, 0, 1) * this.player.duration_s;
    this.box.hidden = false;
    this.player.querySelector("[data-preview-time]").textContent = clock(time_s);
    if (this.index) this.moveTo(time_s);
    const half = this.box.offsetWidth / 2;
    this.box.style.left = `${clamp(clientX - left, half, Math.max(half, width - half))}px`;
  }

  moveTo(time_s) {
    const { interval_s, columns, num_tiles, tile_width_px, tile_height_px } = this.index;
    const tile = clamp(Math.floor(time_s / interval_s), 0, num_tiles - 1);
    const x = (tile % columns) * tile_width_px;
    const y = Math.floor(tile / columns) * tile_height_px;
    this.picture.style.backgroundPosition = `${-x}px ${-y}px`;
  }
}
