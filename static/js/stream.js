// The badge in the header: live, or since when what is shown may be stale.
export function watchStream() {
  const badge = document.querySelector("[data-live]");
  if (!badge) return;
  const words = badge.querySelector("[data-live-words]");
  const glyph = badge.querySelector("[data-live-glyph]");
  let since = null;
  document.addEventListener("htmx:sseOpen", () => {
    since = null;
    badge.className = "pill pill--running live";
    glyph.textContent = "●";
    words.textContent = words.dataset.liveNow;
  });
  document.addEventListener("htmx:sseError", () => {
    since ??= new Date().toLocaleTimeString("en-GB");
    badge.className = "pill pill--failed live";
    glyph.textContent = "▲";
    words.textContent = `${words.dataset.liveStale} ${since}`;
  });
}
