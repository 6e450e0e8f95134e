/** Copy buttons: `data-copy` holds the text, or `data-copy-from` the id of the element that does. */

function textOf(button: HTMLElement): string {
  const from = button.dataset.copyFrom;
  if (from === undefined) return button.dataset.copy ?? "";
  const source = document.getElementById(from);
  if (source instanceof HTMLTextAreaElement || source instanceof HTMLInputElement) return source.value;
  return source?.textContent?.trim() ?? "";
}

async function write(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // A console reached over plain http has no clipboard interface.
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

export function startCopying(): void {
  const said = document.getElementById("said");
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element
        ? event.target.closest<HTMLElement>("[data-copy], [data-copy-from]")
        : null;
    if (button === null) return;
    write(textOf(button)).then(
      () => {
        button.classList.add("done");
        if (said !== null) said.textContent = "Copied";
        setTimeout(() => button.classList.remove("done"), 1500);
      },
      () => {
        if (said !== null) said.textContent = "Copying is not allowed here";
      },
    );
  });
}
