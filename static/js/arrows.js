// The picture by arrow keys: up and down among neighbours, right into a thing, left out of it, Home and End.
const NODES = ".cluster__name a, .services > .service, .instances > .instance, .instances > * > .task, .instance > .task, .frame > .task, .queued__tasks > .task, .task .chip--link, .definitions > .definition";

const picture = () => document.getElementById("cluster-picture");
const linkOf = (node) => (node.matches("a") ? node : node.querySelector("a"));

// Which things a thing stands in, from the outermost: what they are comes from the classes that they have anyway.
function levelOf(node) {
  if (node.matches(".cluster__name a")) return 0;
  if (node.matches(".chip--link")) return 3;
  return node.matches(".task") ? 2 : 1;
}

function parentOf(node) {
  if (node.matches(".chip--link")) return node.closest(".task");
  if (node.matches(".task")) return node.closest(".instance") ?? picture().querySelector(".cluster__name a");
  return node.matches(".definition, .cluster__name a") ? null : picture().querySelector(".cluster__name a");
}

function nodeOf(element) {
  const found = element.closest(".chip--link, .task, .instance, .service, .definition, .cluster__name a");
  return found && picture().contains(found) ? found : null;
}

function goal(node, key) {
  const all = [...picture().querySelectorAll(NODES)].filter(linkOf);
  const siblings = all.filter((one) => levelOf(one) === levelOf(node) && parentOf(one) === parentOf(node));
  const here = siblings.indexOf(node);
  switch (key) {
    case "ArrowDown":
      return siblings[here + 1];
    case "ArrowUp":
      return siblings[here - 1];
    case "Home":
      return siblings[0];
    case "End":
      return siblings.at(-1);
    case "ArrowLeft":
      return parentOf(node);
    default:
      return all.find((one) => parentOf(one) === node);
  }
}

export function walkThePicture() {
  if (!picture()) return;
  document.addEventListener("keydown", (event) => {
    if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.closest("#cluster-picture")) return;
    if (event.target.closest("input, select, textarea")) return;
    const node = nodeOf(event.target);
    const next = node && goal(node, event.key);
    if (!next) return;
    event.preventDefault();
    linkOf(next).focus();
  });
}
