// How long a stream may take to open, in milliseconds.
const PATIENCE = 10_000;

// The badge in the header: live, or since when what is shown may be stale; the bar at the foot follows the root element.
// A picture of the past is never live, however well the stream runs.
export function watchStream() {
  const badge = document.querySelector("[data-live]");
  if (!badge) return;
  const words = badge.querySelector("[data-live-words]");
  const glyph = badge.querySelector("[data-live-glyph]");
  let since = null;
  closeWithThePage();
  document.addEventListener("htmx:sseOpen", () => {
    since = null;
    document.documentElement.dataset.stream = "live";
    const isPast = Boolean(document.querySelector("[data-past]"));
    badge.className = `pill pill--${isPast ? "pending" : "running"} live`;
    glyph.textContent = isPast ? "‖" : "●";
    words.textContent = isPast ? words.dataset.livePast : words.dataset.liveNow;
  });
  document.addEventListener("htmx:sseError", () => {
    since ??= new Date().toLocaleTimeString("en-GB");
    document.documentElement.dataset.stream = "broken";
    badge.className = "pill pill--failed live";
    glyph.textContent = "▲";
    words.textContent = `${words.dataset.liveStale} ${since}`;
  });
}

// What an answer was to replace may be gone when it comes, as a picture that an incident hides: then it is of no use.
export function dropLateAnswers() {
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const place = event.detail.xhr.getResponseHeader("HX-Retarget");
    if (place && !document.querySelector(place)) event.preventDefault();
  });
}

// A page that is left gives its stream back at once, also when the browser keeps it for the way back: there are six
// connections to a server, and a seventh page would wait. On the way back it is read again, as it has missed things.
function closeWithThePage() {
  const sources = new Set();
  const create = htmx.createEventSource;
  htmx.createEventSource = (url) => {
    sources.forEach((source) => source.readyState === EventSource.CLOSED && sources.delete(source));
    const source = giveUpInTime(create(url));
    sources.add(source);
    return source;
  };
  window.addEventListener("pagehide", () => sources.forEach((source) => source.close()));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}

// A stream that neither opens nor fails would leave the page silent for good: it counts as failed, and htmx tries anew.
function giveUpInTime(source) {
  const waiting = setTimeout(() => {
    source.close();
    source.onerror(new Event("error"));
  }, PATIENCE);
  for (const kind of ["open", "error"]) source.addEventListener(kind, () => clearTimeout(waiting));
  window.addEventListener("pagehide", () => clearTimeout(waiting), { once: true });
  return source;
}
