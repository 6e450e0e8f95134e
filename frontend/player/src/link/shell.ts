/**
 * The line to the dispatch shell in the customer's LMS: handshake by nonce and exact origin, then one MessagePort.
 * Without a shell (started from our own pages) every call is accepted and does nothing.
 */
import type { Summary } from "../protocol";

export type FinishReason = "exit" | "suspend" | "abandon";

export interface ShellHooks {
  onTaken(ok: boolean, error: string): void;
  onLmsGone(): void;
}

export interface ShellLine {
  readonly present: boolean;
  /** Tell the newest acknowledged state; several within half a second leave as one. */
  state(revision: number, summary: Summary): void;
  /** Ask the shell to finish with the LMS; resolves with its answer, or after three seconds without. */
  finish(reason: FinishReason, revision: number, summary: Summary): Promise<boolean>;
}

export interface ShellAddress {
  nonce: string;
  origin: string;
  window: Window;
}

const COALESCE_MS = 300;
const FINISH_WAIT_MS = 3_000;
const HELLO_EVERY_MS = 500;
const HELLO_TIMES = 60;
const ALIVE_EVERY_MS = 10_000;

/** Read the shell's address from the launch address's fragment; null when there is none or it is not usable. */
export function readShellAddress(fragment: string, page: Window): ShellAddress | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const nonce = fields.get("n");
  const origin = fields.get("o");
  if (!nonce || !origin || !/^https?:\/\/[^/]+$/.test(origin)) return null;
  const target = fields.get("m") === "popup" ? (page.opener as Window | null) : page.parent;
  return target && target !== page ? { nonce, origin, window: target } : null;
}

/** Open the line and start greeting. */
export function openShellLine(address: ShellAddress | null, hooks: ShellHooks): ShellLine {
  if (!address) return { present: false, state: () => {}, finish: async () => true };
  const line = new Line(address, hooks);
  line.greet();
  return line;
}

class Line implements ShellLine {
  readonly present = true;
  private readonly address: ShellAddress;
  private readonly hooks: ShellHooks;
  private port: MessagePort | null = null;
  private waiting: object | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private sentRevision = -1;
  private onFinished: ((ok: boolean) => void) | null = null;
  private finishing: object | null = null;

  constructor(address: ShellAddress, hooks: ShellHooks) {
    this.address = address;
    this.hooks = hooks;
  }

  greet(): void {
    window.addEventListener("message", (event) => this.onWindowMessage(event));
    let times = 0;
    const hello = () => {
      if (this.port || times >= HELLO_TIMES) return;
      times += 1;
      const { nonce, origin } = this.address;
      try {
        this.address.window.postMessage({ cw: 1, type: "hello", nonce }, origin);
      } catch {
        // The shell's window is gone; the server still has everything.
      }
      setTimeout(hello, HELLO_EVERY_MS);
    };
    hello();
    setInterval(() => this.port?.postMessage({ cw: 1, type: "alive" }), ALIVE_EVERY_MS);
  }

  state(revision: number, summary: Summary): void {
    if (revision <= this.sentRevision) return;
    this.sentRevision = revision;
    this.waiting = { cw: 1, type: "state", revision, summary };
    this.timer ??= setTimeout(() => this.deliver(), COALESCE_MS);
  }

  finish(reason: FinishReason, revision: number, summary: Summary): Promise<boolean> {
    this.deliver();
    const message = { cw: 1, type: "finish", reason, revision, summary };
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => resolve(false), FINISH_WAIT_MS);
      this.onFinished = (ok) => {
        clearTimeout(giveUp);
        resolve(ok);
      };
      if (this.port) this.port.postMessage(message);
      else this.finishing = message;
    });
  }

  private deliver(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (!this.port || !this.waiting) return;
    this.port.postMessage(this.waiting);
    this.waiting = null;
  }

  private onWindowMessage(event: MessageEvent): void {
    const { nonce, origin, window: shell } = this.address;
    if (event.source !== shell || event.origin !== origin) return;
    const message = event.data as { cw?: number; type?: string; nonce?: string } | null;
    const port = event.ports[0];
    if (message?.cw !== 1 || message.type !== "port" || message.nonce !== nonce || !port || this.port) return;
    this.port = port;
    port.onmessage = (reply) => this.onPortMessage(reply.data);
    port.start();
    this.deliver();
    if (this.finishing) port.postMessage(this.finishing);
  }

  private onPortMessage(data: unknown): void {
    const message = data as { type?: string; ok?: boolean; error?: string } | null;
    if (message?.type === "taken") this.hooks.onTaken(message.ok === true, message.error ?? "");
    if (message?.type === "finished") this.onFinished?.(message.ok === true);
    if (message?.type === "lms_gone") this.hooks.onLmsGone();
  }
}
