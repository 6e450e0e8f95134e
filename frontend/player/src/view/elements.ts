/** Making elements, and the player's few icons. */

type Attributes = Record<string, string | boolean | undefined>;

/** Make an element; `true` sets an attribute without value, `false` and undefined leave it out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Strokes on a 20 by 20 grid. */
const ICONS = {
  contents: "M3 5h14M3 10h14M3 15h9",
  previous: "M12 4.5 6.5 10l5.5 5.5",
  continue: "M8 4.5 13.5 10 8 15.5",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  chevron: "M7.5 5.5 12 10l-4.5 4.5",
  check: "M4.5 10.5 8.5 14.5 15.5 6",
  cloud: "M6 15.5h8.2a3.1 3.1 0 0 0 .5-6.2A5 5 0 0 0 5 8.4 3.6 3.6 0 0 0 6 15.5Z",
  offline:
    "M3 3l14 14M8.6 4.6a5 5 0 0 1 6.1 4.7 3.1 3.1 0 0 1 1.7 5M5.6 7.1A5 5 0 0 0 5 8.4a3.6 3.6 0 0 0 1 7.1h8",
  windows: "M3 6.5h10.5V16H3zM6.5 6.5V3.5H17V13h-3.5",
  clock: "M10 5.5V10l3 2M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z",
  alert: "M10 6.5v4.2M10 13.6h.01M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z",
  cross: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  resources:
    "M4 4.5h4.5a1.5 1.5 0 0 1 1.5 1.5v10a2 2 0 0 0-2-1.5H4zM16 4.5h-4.5A1.5 1.5 0 0 0 10 6v10a2 2 0 0 1 2-1.5h4z",
  window: "M11.5 4H16v4.5M16 4l-7 7M8 5H4.5v10.5H15V12",
  leave: "M8 3.5H4.5v13H8M12 6.5l3.5 3.5-3.5 3.5M15 10H8",
};

export type IconName = keyof typeof ICONS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button whose text may disappear on narrow screens while its name stays. */
export function button(text: string, attributes: Attributes = {}, ...before: Node[]): HTMLButtonElement {
  return h("button", { type: "button", ...attributes }, ...before, h("span", { class: "label" }, text));
}
