// The one entry. Everything works without it; this makes it live.
import { announceChanges } from "./announce.js";
import { walkThePicture } from "./arrows.js";
import { copyTexts } from "./copy.js";
import { dragRevisions } from "./drag.js";
import { keepInStep } from "./editor.js";
import { explainTerms } from "./explain.js";
import { keepChoices } from "./kept.js";
import { followLogs } from "./logs.js";
import { commandLine } from "./console.js";
import { lightUp } from "./lights.js";
import { showMoves } from "./moves.js";
import { bringIntoOrder } from "./ordering.js";
import { openPanels } from "./panel.js";
import { listenForKeys } from "./shortcuts.js";
import { readThePicture } from "./words.js";
import { drawThreads } from "./threads.js";
import { goToWhatIsWrong } from "./refused.js";
import { keepChangesInSight } from "./stage.js";
import { dropLateAnswers, watchStream } from "./stream.js";
import { followTimeline } from "./timeline.js";
import { localTimes } from "./times.js";

document.documentElement.classList.add("scripted");
if (window.Idiomorph) {
  // A fragment that arrives while somebody types must not take the words away; what merely has the focus goes with the
  // times, or a link would be read with the words of the one that stood in its place.
  Object.defineProperty(window.Idiomorph.defaults, "ignoreActiveValue", {
    get: () => Boolean(document.activeElement?.matches("input, textarea, select, [contenteditable]")),
    enumerable: true,
  });
  // What the reader has opened stays open, although the server sends it closed.
  const { callbacks } = window.Idiomorph.defaults;
  callbacks.beforeAttributeUpdated = (name, element) => !(name === "open" && element.tagName === "DETAILS");
  // A command that was asked for is read on while the fragment around it lives.
  callbacks.beforeNodeMorphed = (was, becomes) =>
    !(was.id && was.id === becomes.id && was.classList?.contains("as-command__answer"));
}
for (const select of document.querySelectorAll("[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
// Before the keys of the page: Esc closes what is on top first.
explainTerms();
listenForKeys();
keepInStep();
keepChoices();
watchStream();
dropLateAnswers();
followLogs();
openPanels();
copyTexts();
lightUp();
drawThreads();
dragRevisions();
walkThePicture();
readThePicture();
announceChanges();
// Before things begin to move: it counts where they will stand.
keepChangesInSight();
showMoves();
commandLine();
localTimes();
bringIntoOrder();
followTimeline();
goToWhatIsWrong();
