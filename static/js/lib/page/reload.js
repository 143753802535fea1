// <debrief-reload>: in a swapped-in fragment it says that the page now has something else to show. Who is watching the
// video meanwhile goes on watching; who has stopped comes back to the same moment.

class Reload extends HTMLElement {
  connectedCallback() {
    const player = document.querySelector("debrief-player");
    if (!player?.video) return location.reload();
    if (!player.video.paused) return;
    const url = new URL(location.href);
    if (player.currentTime_s > 0) url.searchParams.set("t", player.currentTime_s.toFixed(1));
    location.replace(url);
  }
}

customElements.define("debrief-reload", Reload);
