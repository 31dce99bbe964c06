// The badge in the header: live, or since when what is shown may be stale.
export function watchStream() {
  const badge = document.querySelector("[data-live]");
  if (!badge) return;
  const words = badge.querySelector("[data-live-words]");
  const glyph = badge.querySelector("[data-live-glyph]");
  let since = null;
  document.addEventListener("htmx:sseOpen", () => {
    since = null;
    badge.classList.replace("pill--failed", "pill--running");
    glyph.textContent = "●";
    words.textContent = words.dataset.liveNow;
  });
  document.addEventListener("htmx:sseError", () => {
    since ??= new Date().toLocaleTimeString(document.documentElement.lang);
    badge.classList.replace("pill--running", "pill--failed");
    glyph.textContent = "▲";
    words.textContent = `${words.dataset.liveStale} ${since}`;
  });
}
