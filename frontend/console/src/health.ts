/** The dot in the sidebar: what the platform says of itself, asked now and every minute while somebody looks. */

interface Report {
  readonly status: string;
  readonly checks?: Record<string, unknown>;
}

async function ask(link: HTMLElement): Promise<void> {
  const dot = link.querySelector(".dot");
  const words = link.querySelector("[data-part=words]");
  let well = false;
  let said = "The server does not answer";
  try {
    const report = (await (await fetch("/api/health")).json()) as Report;
    well = report.status === "healthy" || report.status === "ok";
    said = well ? "All systems well" : "Something is not well";
  } catch {
    // No answer at all: the sentence above says so.
  }
  dot?.classList.toggle("good", well);
  dot?.classList.toggle("bad", !well);
  if (words !== null) words.textContent = said;
}

export function startHealth(): void {
  const link = document.querySelector<HTMLElement>(".health");
  if (link === null) return;
  void ask(link);
  setInterval(() => {
    if (document.visibilityState === "visible") void ask(link);
  }, 60_000);
}
