/** Menus are <details> elements; this closes them on Escape, on a click elsewhere, and when focus leaves. Also: selects that submit. */

function closeAll(except: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

export function startMenus(): void {
  document.addEventListener("click", (event) => {
    closeAll(event.target instanceof Element ? event.target.closest("details.menu") : null);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    if (open === null) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
  document.addEventListener("focusin", (event) => {
    closeAll(event.target instanceof Element ? event.target.closest("details.menu") : null);
  });
  document.addEventListener("change", (event) => {
    const { target } = event;
    if (target instanceof HTMLSelectElement && target.dataset.submits !== undefined)
      target.form?.requestSubmit();
  });
  for (const note of document.querySelectorAll<HTMLElement>(".toast-note")) {
    setTimeout(() => note.remove(), note.querySelector("form") === null ? 6_000 : 15_000);
  }
}
