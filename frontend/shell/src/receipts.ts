/** What the LMS took and what it refused, on its way to the server: gathered, sent, kept until they arrive. */
import type { Receipt } from "./ledger";
import type { Server } from "./server";

const GATHER_MS = 300;
const AGAIN_MS = 10000;
const KEEP = 20;

export class Receipts {
  private waiting: Receipt[] = [];
  private timer = 0;
  private token = "";

  constructor(private readonly server: Server) {}

  /** Receipts belong to a launch; those from before it began go with it. */
  begin(token: string): void {
    this.token = token;
    if (this.waiting.length) this.later(GATHER_MS);
  }

  add(receipt: Receipt): void {
    this.waiting = this.waiting.concat(receipt).slice(-KEEP);
    this.later(GATHER_MS);
  }

  /** The page may be gone in a moment. */
  flush(): void {
    if (!this.token || !this.waiting.length) return;
    this.server.beacon(this.token, this.waiting);
    this.waiting = [];
  }

  private later(delay: number): void {
    if (!this.timer && this.token) this.timer = window.setTimeout(() => this.send(), delay);
  }

  private async send(): Promise<void> {
    const sending = this.waiting;
    this.waiting = [];
    try {
      if (sending.length) await this.server.receipts(this.token, sending);
      this.timer = 0;
    } catch {
      this.waiting = sending.concat(this.waiting).slice(-KEEP);
      this.timer = 0;
      this.later(AGAIN_MS);
      return;
    }
    if (this.waiting.length) this.later(GATHER_MS);
  }
}
