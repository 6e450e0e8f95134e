/** Charts arrive drawn, as SVG in the page. This only lets a pointer or a finger read a day off them. */
import { onContent } from "./fragments";

function readDays(figure: HTMLElement, tip: HTMLElement): void {
  const show = (event: PointerEvent): void => {
    const day = event.target instanceof Element ? event.target.closest<SVGElement>("[data-reads]") : null;
    if (day === null) {
      tip.hidden = true;
      return;
    }
    tip.textContent = day.dataset.reads ?? "";
    tip.hidden = false;
    const frame = figure.getBoundingClientRect();
    const place = Math.min(event.clientX - frame.left + 12, frame.width - tip.offsetWidth - 4);
    tip.style.left = `${Math.max(0, place)}px`;
  };
  figure.addEventListener("pointermove", show);
  figure.addEventListener("pointerdown", show);
  figure.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
}

export function startCharts(): void {
  onContent((root) => {
    for (const figure of root.querySelectorAll<HTMLElement>("figure.chart")) {
      const tip = figure.querySelector<HTMLElement>(".chart-tip");
      if (tip !== null) readDays(figure, tip);
    }
  });
}
