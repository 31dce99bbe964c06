// A revision dragged onto the cluster, an instance or a service: a second way to what its panel offers as buttons.
const KIND = "text/x-ecsweb-revision";
let dragged = null;

const goalOf = (event) => dragged && event.target.closest?.("[data-drop]");

function mark(goal) {
  document.querySelectorAll(".is-goal").forEach((one) => one !== goal && one.classList.remove("is-goal"));
  goal?.classList.add("is-goal");
}

function end() {
  dragged = null;
  mark(null);
  document.getElementById("cluster-picture")?.classList.remove("is-dragging");
}

export function dragRevisions() {
  const form = document.getElementById("put-revision");
  if (!form) return;
  document.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.("[data-lights='revision']");
    if (!card || !document.getElementById("cluster-picture")?.contains(card)) return;
    dragged = card.dataset.revision;
    event.dataTransfer.setData(KIND, dragged);
    event.dataTransfer.effectAllowed = "copy";
    document.getElementById("cluster-picture").classList.add("is-dragging");
  });
  document.addEventListener("dragover", (event) => {
    const goal = goalOf(event);
    mark(goal);
    if (goal) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const goal = goalOf(event);
    if (!goal) return;
    event.preventDefault();
    form.elements.definition.value = dragged;
    form.elements.onto.value = goal.dataset.drop;
    form.elements.next.value = location.pathname + location.search;
    end();
    form.requestSubmit();
  });
  document.addEventListener("dragend", end);
}
