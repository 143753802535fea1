// Times as people read them, and probabilities as a word with the number beside it.

export function clock(seconds) {
  if (!Number.isFinite(seconds)) return "--";
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const ss = String(s).padStart(2, "0");
  return h ? `${h}:${String(m).padStart(2, "0")}:${ss}` : `${m}:${ss}`;
}

export function likelihood(probability) {
  const word =
    probability >= 0.9 ? "very likely" : probability >= 0.7 ? "likely" : probability >= 0.5 ? "possible" : "unsure";
  // Never "1.00": nothing is certain to a watcher.
  return `${word}, ${Math.min(probability, 0.99).toFixed(2)}`;
}

// As a class: dashed outline and paler fill, so that a doubt is seen without telling colours apart.
export function sureness({ probability }) {
  if (probability == null || probability >= 0.7) return "";
  return probability < 0.5 ? "unsure" : "possible";
}

export function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
