// Seeks a <video> without piling seeks up: while one is under way only the newest wish is kept.

export class Seeker {
  constructor(video) {
    this.video = video;
    this.wish_s = null;
    video.addEventListener("seeked", () => this.next());
    video.addEventListener("loadedmetadata", () => this.next());
  }

  // Where the picture is, or will be once the seek under way is done.
  get time_s() {
    return this.wish_s ?? this.video.currentTime;
  }

  seekTo(time_s) {
    this.wish_s = time_s;
    if (!this.video.seeking && this.video.readyState > 0) this.go();
  }

  next() {
    if (this.wish_s === null) return;
    if (Math.abs(this.video.currentTime - this.wish_s) < 0.001) this.wish_s = null;
    else this.go();
  }

  go() {
    this.video.currentTime = this.wish_s;
    // Already there: no `seeked` will come.
    if (!this.video.seeking) this.wish_s = null;
  }
}
