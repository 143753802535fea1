// <debrief-moments>: a moment of the video and the nearest one of a reference, played side by side.

class Moments extends HTMLElement {
  connectedCallback() {
    this.reference = this.querySelector("video");
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-start-s]");
      if (button) this.play(button.dataset);
    });
    this.reference.addEventListener("timeupdate", () => {
      if (this.reference.currentTime >= this.end_s) this.reference.pause();
    });
  }

  play({ startS, endS, reference, referenceStartS, referenceEndS }) {
    const detail = { start_s: Number(startS), end_s: Number(endS) };
    document.dispatchEvent(new CustomEvent("debrief:seek", { detail }));
    this.end_s = Number(referenceEndS);
    this.reference.hidden = false;
    const start = () => {
      this.reference.currentTime = Number(referenceStartS);
      this.reference.play().catch(() => {});
    };
    if (this.reference.src.endsWith(reference)) return start();
    this.reference.addEventListener("loadedmetadata", start, { once: true });
    this.reference.src = reference;
    this.reference.load();
  }
}

customElements.define("debrief-moments", Moments);
