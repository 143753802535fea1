// <debrief-theme>: the choice lives in a cookie, so the server writes data-theme and no page ever flashes.

const YEAR_S = 31_536_000;
const THEMES = ["auto", "light", "dark", "or"];

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    this.select.value = document.documentElement.dataset.theme;
    this.select.addEventListener("change", () => applyTheme(this.select.value));
  }
}

function applyTheme(name) {
  if (!THEMES.includes(name)) return;
  document.documentElement.dataset.theme = name;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${name}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  document.dispatchEvent(new CustomEvent("debrief:theme", { detail: { name } }));
}

customElements.define("debrief-theme", ThemeSwitch);
