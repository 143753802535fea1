// <debrief-reload>: a fragment that carries it says that the page around it is out of date.

class Reload extends HTMLElement {
  connectedCallback() {
    location.reload();
  }
}

customElements.define("debrief-reload", Reload);
