// What changed, said politely to whoever listens instead of looking: the newest sentence, at most one in three seconds.
const PAUSE = 3000;

export function announceChanges() {
  const region = document.getElementById("announcer");
  const caption = () => document.querySelector("#timeline:not(.timeline--paused) .timeline__caption")?.textContent.replace(/\s+/g, " ").trim();
  if (!region || !caption()) return;
  let said = caption();
  let waiting = null;
  const say = () => {
    waiting = null;
    const now = caption();
    if (!now || now === said) return;
    region.textContent = said = now;
    waiting = setTimeout(say, PAUSE);
  };
  document.addEventListener("htmx:afterSettle", () => (waiting ??= setTimeout(say, 200)));
}
