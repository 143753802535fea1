// Small pictures of the video from one sheet: above the scrub bar at the time under the pointer, and beside a citation.

import { clamp, clock } from "../words/time.js";

export class SpriteSheet {
  constructor(spriteUrl, indexUrl) {
    Object.assign(this, { spriteUrl, indexUrl, index: null });
  }

  // Asked for once, when somebody first wants a picture.
  load() {
    this.loading ??= this.#fetch();
    return this.loading;
  }

  // False before the sheet is there.
  place(picture, time_s) {
    if (!this.index) return false;
    const { interval_s, columns, num_tiles, tile_width_px, tile_height_px } = this.index;
    const tile = clamp(Math.floor(time_s / interval_s), 0, num_tiles - 1);
    const x = (tile % columns) * tile_width_px;
    const y = Math.floor(tile / columns) * tile_height_px;
    picture.style.width = `${tile_width_px}px`;
    picture.style.height = `${tile_height_px}px`;
    picture.style.backgroundImage = `url("${this.image.src}")`;
    picture.style.backgroundPosition = `${-x}px ${-y}px`;
    return true;
  }

  async #fetch() {
    const response = await fetch(this.indexUrl).catch(() => null);
    if (!response?.ok) return;
    const index = await response.json();
    this.image = new Image();
    this.image.src = this.spriteUrl;
    await this.image.decode().then(() => (this.index = index), () => {});
  }
}

export class SpritePreview {
  constructor(player, sheet) {
    this.player = player;
    this.sheet = sheet;
    this.box = player.querySelector("[data-preview]");
    this.picture = player.querySelector("[data-picture]");
    const scrub = player.scrub;
    scrub.addEventListener("pointermove", (event) => this.show(event.clientX));
    scrub.addEventListener("pointerleave", () => (this.box.hidden = true));
    scrub.addEventListener("pointerenter", () => this.load(), { once: true });
  }

  // The pointer was there before the pictures were.
  async load() {
    await this.sheet.load();
    if (this.clientX !== undefined && !this.box.hidden) this.show(this.clientX);
  }

  show(clientX) {
    this.clientX = clientX;
    const { left, width } = this.player.scrub.getBoundingClientRect();
    const time_s = clamp((clientX - left) / width, 0, 1) * this.player.duration_s;
    this.box.hidden = false;
    this.player.querySelector("[data-preview-time]").textContent = clock(time_s);
    this.sheet.place(this.picture, time_s);
    const half = this.box.offsetWidth / 2;
    this.box.style.left = `${clamp(clientX - left, half, Math.max(half, width - half))}px`;
  }
}
