// Lines to bring into order: by buttons, by dragging, or by choosing a place. The selects are what is sent, always.
let dragged = null;

const selectOf = (line) => line.querySelector("select");
const isOut = (line) => !selectOf(line).value;

// What is left out stands last; the others are numbered as they stand.
function number(list, moved) {
  const lines = [...list.querySelectorAll("[data-line]")];
  lines.filter(isOut).forEach((line) => list.append(line));
  lines.filter((line) => !isOut(line)).forEach((line, place) => (selectOf(line).value = String(place + 1)));
  for (const line of lines) {
    line.classList.toggle("ordering__line--out", isOut(line));
    line.querySelector('[data-move="out"]').setAttribute("aria-pressed", String(isOut(line)));
  }
  if (moved) {
    const where = isOut(moved) ? list.dataset.out : `${list.dataset.words} ${selectOf(moved).value}`;
    document.getElementById("announcer").textContent = where;
  }
}

function move(list, line, way) {
  const select = selectOf(line), used = [...list.querySelectorAll("[data-line]")].filter((one) => !isOut(one));
  const place = used.indexOf(line);
  if (way === "out") {
    select.value = isOut(line) ? "1" : "";
    if (!isOut(line)) used.length ? used.at(-1).after(line) : list.prepend(line);
  } else if (way === "up" && place > 0) used[place - 1].before(line);
  else if (way === "down" && place >= 0 && place < used.length - 1) used[place + 1].after(line);
  number(list, line);
}

export function bringIntoOrder() {
  const list = document.querySelector("[data-ordering]");
  if (!list) return;
  for (const line of list.querySelectorAll("[data-line]")) line.draggable = true;
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    move(list, button.closest("[data-line]"), button.dataset.move);
    button.focus();
  });
  list.addEventListener("change", (event) => {
    const line = event.target.closest("[data-line]"), wanted = Number(event.target.value);
    const others = [...list.querySelectorAll("[data-line]")].filter((one) => one !== line && !isOut(one));
    if (wanted && others[wanted - 1]) others[wanted - 1].before(line);
    else if (wanted && others.length) others.at(-1).after(line);
    number(list, line);
    event.target.focus();
  });
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-line]");
    dragged?.classList.add("is-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-line]");
    if (!dragged || !over) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (over === dragged) return;
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("dragend", () => {
    if (dragged && isOut(dragged)) selectOf(dragged).value = "1";
    dragged?.classList.remove("is-dragged");
    number(list, dragged);
    dragged = null;
  });
  number(list, null);
}
