// The same conversation open elsewhere: another tab hears at once, another machine when it looks.

const LOOK_EVERY_MS = 5000;

export class OtherPages {
  // `look` is called when something may have changed elsewhere; it is left alone while nobody looks at this page.
  constructor(name, look) {
    this.look = () => document.visibilityState === "visible" && look();
    this.channel = new BroadcastChannel(name);
    this.channel.addEventListener("message", look);
    this.timer = setInterval(this.look, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", this.look);
  }

  tell() {
    this.channel.postMessage("changed");
  }

  close() {
    this.channel.close();
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.look);
  }
}
