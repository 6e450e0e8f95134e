/** Light, dark, or as the system says; remembered in a cookie, so that the server paints the first page right. */
type Scheme = "auto" | "light" | "dark";
const NEXT: Record<Scheme, Scheme> = { auto: "light", light: "dark", dark: "auto" };
const WORDS: Record<Scheme, string> = {
  auto: "Theme: as the system",
  light: "Theme: light",
  dark: "Theme: dark",
};

function current(): Scheme {
  const chosen = document.documentElement.dataset.bsTheme;
  return chosen === "light" || chosen === "dark" ? chosen : "auto";
}

function apply(scheme: Scheme): void {
  if (scheme === "auto") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = scheme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and plain http
  document.cookie = `courseway_theme=${scheme}; path=/; max-age=31536000; samesite=lax`;
  document.dispatchEvent(new CustomEvent("courseway:theme"));
}

export function startTheme(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-toggle]")) {
    button.addEventListener("click", () => {
      const scheme = NEXT[current()];
      apply(scheme);
      button.setAttribute("aria-label", WORDS[scheme]);
      button.title = WORDS[scheme];
      for (const icon of button.querySelectorAll<HTMLElement>("[data-scheme]")) {
        icon.toggleAttribute("hidden", icon.dataset.scheme !== scheme);
      }
    });
  }
}
