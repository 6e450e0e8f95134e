/** htmx, set up for a page whose security policy forbids evaluated code and inline styles. */
import htmx from "htmx.org";

/** The token that proves a request came from a page of this console. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Calls `use` now and again for every fragment that htmx puts into the page. */
export function onContent(use: (root: ParentNode) => void): void {
  use(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof Element) use(event.target);
  });
}

/** Asks htmx to fetch a fragment again. */
export function refresh(element: Element): void {
  htmx.trigger(element, "refresh");
}

export function startFragments(): void {
  htmx.config.allowEval = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.selfRequestsOnly = true;
  htmx.config.historyCacheSize = 0; // whole pages come from the server again; nothing of a tenant stays in the browser
  htmx.config.refreshOnHistoryMiss = true;
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    headers["X-CSRF-Token"] = csrfToken();
  });
}
