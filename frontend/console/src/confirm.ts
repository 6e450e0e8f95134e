/** Asks before something is lost. A form says what with `data-confirm` (the question), `data-loses` (what will be lost), `data-does` (the button). */

export function startConfirm(): void {
  const dialog = document.getElementById("confirm");
  if (!(dialog instanceof HTMLDialogElement)) return;
  let waiting: { form: HTMLFormElement; submitter: HTMLElement | null } | null = null;
  const put = (part: string, text: string): void => {
    const element = dialog.querySelector(`[data-part="${part}"]`);
    if (element !== null) element.textContent = text;
  };
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (
        !(form instanceof HTMLFormElement) ||
        form.dataset.confirm === undefined ||
        form.dataset.confirmed !== undefined
      )
        return;
      event.preventDefault();
      event.stopPropagation();
      waiting = { form, submitter: event.submitter };
      put("question", form.dataset.confirm);
      put("loses", form.dataset.loses ?? "");
      put("does", form.dataset.does ?? "Go on");
      dialog.returnValue = "";
      dialog.showModal();
    },
    true,
  );
  dialog.addEventListener("close", () => {
    const asked = waiting;
    waiting = null;
    if (dialog.returnValue !== "yes" || asked === null) return;
    asked.form.dataset.confirmed = "";
    asked.form.requestSubmit(asked.submitter);
    delete asked.form.dataset.confirmed;
  });
}
