// The command line: a drawer on every page, with history and completion. Without script its page does the same.
const HISTORY = "ecsweb-console-history";
const OPEN = "ecsweb-console-open";
const KEPT = 100;
const BUSY = "dialog[open], #panel [data-panel], [data-past], details.menu[open]";

const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(HISTORY)) ?? [];
  } catch {
    return [];
  }
};

export function commandLine() {
  const form = document.querySelector("[data-console]");
  if (!form) return;
  const input = form.querySelector("input[name=line]");
  const log = document.getElementById("console-log");
  const words = document.getElementById("console-words");
  let place = kept().length;
  let leaves = false;

  drawer(input);

  form.addEventListener("submit", (event) => {
    const line = input.value.trim();
    if (line === "clear" || !line) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (line) log.replaceChildren();
      input.value = "";
      return;
    }
    const lines = [...kept().filter((one) => one !== line), line].slice(-KEPT);
    localStorage.setItem(HISTORY, JSON.stringify(lines));
    place = lines.length;
  }, true);
  document.addEventListener("htmx:afterSwap", () => {
    if (!log.lastElementChild || log.dataset.last === log.lastElementChild.id) return;
    log.dataset.last = log.lastElementChild.id;
    input.value = "";
    words.textContent = "";
    log.scrollTo({ top: log.scrollHeight });
  });
  input.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const lines = kept();
      place = Math.min(lines.length, Math.max(0, place + (event.key === "ArrowUp" ? -1 : 1)));
      input.value = lines[place] ?? "";
    } else if (event.key === "Escape") {
      leaves = true;
    } else if (event.key === "Tab" && !event.shiftKey && !leaves && input.value.trim()) {
      event.preventDefault();
      await completeLine(form.dataset.complete, input, words);
    } else if (event.key !== "Shift") {
      leaves = false;
    }
  });
}

// What is common to all candidates is written; where there are several they are shown.
async function completeLine(url, input, words) {
  const answer = await fetch(`${url}?line=${encodeURIComponent(input.value)}`);
  if (!answer.ok) return;
  const found = (await answer.json()).words;
  words.replaceChildren(...(found.length > 1 ? found.slice(0, 20).map(candidate) : []));
  if (!found.length) return;
  const last = input.value.match(/\S*$/)[0];
  let common = found[0];
  for (const word of found) while (!word.startsWith(common)) common = common.slice(0, -1);
  const whole = found.length === 1 ? `${found[0]} ` : common;
  if (whole.length > last.length) input.value = input.value.slice(0, input.value.length - last.length) + whole;
}

function candidate(word) {
  const shown = document.createElement("code");
  shown.textContent = word;
  return shown;
}

function drawer(input) {
  const box = document.getElementById("console-drawer");
  if (!box) return;
  const show = (is_open) => {
    box.hidden = !is_open;
    localStorage.setItem(OPEN, is_open ? "yes" : "");
    makeRoom();
    document.querySelectorAll("[data-opens-console]").forEach((link) => link.setAttribute("aria-expanded", is_open));
  };
  // What the drawer covers can be scrolled free below the end of the page, however high it has grown.
  const makeRoom = () => {
    document.body.style.paddingBottom = box.hidden ? "" : `${Math.ceil(box.getBoundingClientRect().height)}px`;
  };
  new ResizeObserver(makeRoom).observe(box);
  const toggle = () => {
    show(box.hidden);
    if (!box.hidden) input.focus();
  };
  const close = () => {
    const hadFocus = box.contains(document.activeElement);
    show(false);
    if (hadFocus) document.querySelector("[data-opens-console]")?.focus();
  };
  if (localStorage.getItem(OPEN)) show(true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-opens-console]")) {
      event.preventDefault();
      toggle();
    } else if (event.target.closest("[data-closes-console]")) {
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    // From anywhere in it, and from the page when nothing else is open that Esc would close.
    const isElsewhere = document.querySelector(BUSY) || event.target.matches?.("input, textarea, select");
    if (event.key === "Escape" && !box.hidden && (box.contains(event.target) || !isElsewhere)) close();
    if (event.key === "`" && event.ctrlKey) {
      event.preventDefault();
      toggle();
    }
  });
}
