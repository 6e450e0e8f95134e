/** Search over everything: Ctrl K opens it, arrows choose, Enter goes. Results come from the server as a fragment. */

function options(results: Element): HTMLAnchorElement[] {
  return [...results.querySelectorAll<HTMLAnchorElement>("a")];
}

function choose(input: HTMLInputElement, results: Element, step: number): void {
  const all = options(results);
  if (all.length === 0) return;
  const before = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = (before + step + all.length) % all.length;
  for (const [index, option] of all.entries()) {
    option.setAttribute("aria-selected", String(index === next));
    if (index === next) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }
}

export function startPalette(): void {
  const dialog = document.getElementById("palette");
  const input = document.getElementById("palette-input");
  const results = document.getElementById("palette-results");
  if (!(dialog instanceof HTMLDialogElement) || !(input instanceof HTMLInputElement) || results === null)
    return;
  const open = (): void => {
    if (!dialog.open) dialog.showModal();
    input.select();
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element ? event.target.closest("[data-opens-search]") : null;
    if (opener === null) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(input, results, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const all = options(results);
      (all.find((option) => option.getAttribute("aria-selected") === "true") ?? all[0])?.click();
    }
  });
  results.addEventListener("htmx:afterSwap", () => choose(input, results, 1));
}
