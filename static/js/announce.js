// What changed, said politely to whoever listens instead of looking: the newest sentence, at most one in three seconds.
const PAUSE = 3000;
// The same sentence about something newer is read out only if the text differs.
const AGAIN = "\u00a0";

function newest() {
  const bar = document.querySelector("#timeline:not(.timeline--paused)");
  const text = bar?.querySelector(".timeline__caption")?.textContent.replace(/\s+/g, " ").trim();
  return { text, event: bar?.querySelector("[role=slider]")?.getAttribute("aria-valuenow") };
}

export function announceChanges() {
  const region = document.getElementById("announcer");
  let said = newest();
  if (!region || !said.text) return;
  let waiting = null;
  const say = () => {
    waiting = null;
    const now = newest();
    if (!now.text || (now.text === said.text && now.event === said.event)) return;
    region.textContent = now.text + (region.textContent === now.text ? AGAIN : "");
    said = now;
    waiting = setTimeout(say, PAUSE);
  };
  document.addEventListener("htmx:afterSettle", () => (waiting ??= setTimeout(say, 200)));
}
