// The timeline's keys and its play button. Every step is a link of the page, so all of it works without this.
const TYPING = "input, textarea, select, [contenteditable]";

function step(name) {
  const link = document.querySelector(`[data-timeline] [data-step="${name}"]`);
  link?.click();
  return Boolean(link);
}

const BY_KEY = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last" };

function onKey(event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    const busy = event.target.closest?.(TYPING) || document.querySelector("dialog[open]");
    if (document.querySelector("[data-past]") && !busy) step("live");
    return;
  }
  const name = BY_KEY[event.key];
  if (!name || !event.target.closest?.("[data-timeline]") || event.target.closest(TYPING)) return;
  // Before the first pause there is no last step: the newest event is where one pauses.
  if (step(name) || (name === "last" && step("pause"))) event.preventDefault();
}

let playing = null;
// In slow motion events play by themselves as they come, until somebody holds them.
let isHeld = false;

const isSlow = () => Boolean(document.querySelector("[data-timeline][data-slow]"));

function hold() {
  clearTimeout(playing);
  playing = null;
  show();
}

function show() {
  const button = document.querySelector("[data-play]");
  if (!button) return;
  button.textContent = playing ? `‖ ${button.dataset.wordsStop}` : `▷ ${button.dataset.wordsPlay}`;
  button.setAttribute("aria-pressed", String(Boolean(playing)));
}

function play() {
  const speed = Number(document.querySelector("[data-play-speed]")?.value) || 1200;
  playing = setTimeout(() => {
    if (step("next")) play();
    else hold();
  }, speed);
  show();
}

function settle() {
  if (isSlow() && !playing && !isHeld && document.querySelector('[data-timeline] [data-step="next"]')) play();
  else show();
}

export function followTimeline() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    // A mark is for the mouse: by keyboard there are the steps and the page of all events.
    const moment = event.target.closest?.("[data-moment]");
    if (moment) location.assign(moment.dataset.moment);
    const target = event.target.closest?.("[data-play], [data-step]");
    if (!target) return;
    if (event.isTrusted) isHeld = Boolean(playing) || target.matches("[data-step]");
    if (target.matches("[data-play]")) playing ? hold() : play();
    // A step that somebody takes by hand ends the playing; those of the playing are not trusted events.
    else if (playing && event.isTrusted) hold();
  });
  document.addEventListener("htmx:afterSettle", settle);
  settle();
}
