// What belongs together lights up: a revision, a service or an instance that is pointed at or has the focus.
const picture = () => document.getElementById("cluster-picture");

function belonging(source) {
  const all = [...picture().querySelectorAll("[data-revision], [data-service], [data-lights]")];
  switch (source.dataset.lights) {
    case "revision":
      return all.filter((one) => one.dataset.revision === source.dataset.revision);
    case "service":
      return all.filter((one) => one.dataset.service === source.dataset.service || one === definitionOf(source));
    default: {
      const tasks = [...source.querySelectorAll("[data-revision]")];
      const services = new Set(tasks.map((one) => one.dataset.service).filter(Boolean));
      const revisions = new Set(tasks.map((one) => one.dataset.revision));
      // The head of a frame in another instance names the same service, and belongs to the tasks there.
      const isElsewhere = (one) => !source.contains(one) && one.closest('[data-lights="instance"]');
      const isOf = (one) =>
        !isElsewhere(one) &&
        ((one.dataset.lights === "service" && services.has(one.dataset.service)) ||
          (one.dataset.lights === "revision" && revisions.has(one.dataset.revision)));
      return [source, ...tasks, ...all.filter(isOf)];
    }
  }
}

function definitionOf(service) {
  return picture().querySelector(`[data-lights="revision"][data-revision="${CSS.escape(service.dataset.revision)}"]`);
}

function light(source) {
  picture()?.querySelectorAll(".is-lit").forEach((one) => one.classList.remove("is-lit"));
  picture()?.classList.toggle("is-lighting", Boolean(source));
  if (source) belonging(source).forEach((one) => one.classList.add("is-lit"));
}

export function lightUp() {
  if (!picture()) return;
  let lit = null;
  const at = (target) => {
    const source = target instanceof Element && picture()?.contains(target) ? target.closest("[data-lights]") : null;
    if (source !== lit) light((lit = source));
  };
  document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && at(event.target));
  document.addEventListener("focusin", (event) => at(event.target));
  document.addEventListener("htmx:afterSettle", () => lit && light((lit = lit.isConnected ? lit : null)));
}
