/**
 * The line to the player: a hello with the launch's nonce from exactly the player's window and origin, answered with
 * a MessagePort; everything else travels on the port. What the messages mean is the session's.
 */
import type { Reached, Summary } from "./config";

export interface PlayerMessage {
  type: "state" | "finish" | "alive";
  reason?: "exit" | "suspend" | "abandon";
  revision: number;
  summary: Summary;
}

export type ShellMessage =
  | { type: "taken"; revision: number; ok: boolean; error: string }
  | { type: "finished"; ok: boolean; error: string }
  | { type: "lms_gone" };

export interface LinkEvents {
  onHello(): void;
  onState(reached: Reached): void;
  onFinish(reached: Reached, reason: string): void;
}

export class Link {
  private port: MessagePort | null = null;
  private readonly listener = (event: MessageEvent) => this.greet(event);
  connected = false;

  constructor(
    private readonly player: () => Window | null,
    private readonly origin: string,
    private readonly nonce: string,
    private readonly events: LinkEvents,
  ) {
    window.addEventListener("message", this.listener);
  }

  send(message: ShellMessage): void {
    this.port?.postMessage({ cw: 1, ...message });
  }

  close(): void {
    window.removeEventListener("message", this.listener);
    this.port?.close();
    this.port = null;
  }

  private greet(event: MessageEvent): void {
    const data = event.data as { cw?: number; type?: string; nonce?: string } | null;
    const source = this.player();
    if (!source || event.source !== source || event.origin !== this.origin) return;
    if (data?.cw !== 1 || data.type !== "hello" || data.nonce !== this.nonce) return;
    this.port?.close(); // the player was reloaded
    const channel = new MessageChannel();
    this.port = channel.port1;
    this.port.onmessage = (message) => this.hear(message.data as PlayerMessage);
    source.postMessage({ cw: 1, type: "port", nonce: this.nonce }, this.origin, [channel.port2]);
    this.connected = true;
    this.events.onHello();
  }

  private hear(message: PlayerMessage): void {
    if (!message || (message.type !== "state" && message.type !== "finish")) return;
    const reached = { revision: message.revision, summary: message.summary };
    if (message.type === "state") this.events.onState(reached);
    else this.events.onFinish(reached, message.reason || "exit");
  }
}
