/**
 * One delivery while it runs: its API object, its content frame, and the log of its calls.
 * What its changes mean, and where they are sent, is the queue's and the server's.
 */
import { createApi, type Delivery, type ScormApi, type Standard } from "../cmi";
import { shortenCall } from "../commits/batches";
import type { Draft } from "../commits/queue";
import type { CallEntry } from "../protocol";
import { type ContentFrame, emptyFrame, mountFrame } from "./frame";

export interface RunHooks {
  onSet(): void;
  onCommit(): void;
  /** The content itself ended its session; what it asked for is in `navRequest` and `exit`. */
  onTerminate(navRequest: string | null, exit: string | undefined): void;
  onLoad(): void;
}

const MANY_CALLS = 500;

export class DeliveryRun {
  readonly delivery: Delivery;
  private readonly hooks: RunHooks;
  private readonly scorm: ScormApi;
  private readonly frame: ContentFrame;
  private calls: CallEntry[] = [];
  private exit: string | undefined;
  private leaving = false;
  private closed = false;

  constructor(standard: Standard, delivery: Delivery, stage: HTMLElement, hooks: RunHooks) {
    this.delivery = delivery;
    this.hooks = hooks;
    // An asset as well: many a package calls an asset what talks to the API. One that does not never notices.
    this.scorm = this.connect(standard);
    this.frame = mountFrame(stage, delivery.url, delivery.title, () => hooks.onLoad());
  }

  /** Whether the content has ended its session itself. */
  get terminated(): boolean {
    return this.scorm.state() === "terminated";
  }

  /** What was set and called since the last time. */
  take(): Draft {
    const calls = this.calls;
    this.calls = [];
    return {
      delivery: this.delivery.number,
      set: this.scorm.takeChanges(),
      session_time_seconds: this.scorm.sessionTimeSeconds(),
      calls,
    };
  }

  focus(): void {
    this.frame.element.focus({ preventScroll: true });
  }

  /**
   * Take the content away: its last handlers still reach the API, then the API is closed.
   *
   * Nothing it asks for while it goes is followed: what the learner chose wins. A session it left open is not told as
   * ended: content that was cut off has not finished, and the server closes it as such.
   */
  leave(): void {
    this.leaving = true;
    emptyFrame(this.frame);
    this.closed = true;
    this.scorm.terminateFromOutside();
    delete (window as unknown as Record<string, unknown>)[this.scorm.name];
  }

  private connect(standard: Standard): ScormApi {
    const scorm = createApi(standard, this.delivery, {
      onSet: (element, value) => {
        if (element === "cmi.exit" || element === "cmi.core.exit") this.exit = value;
        this.hooks.onSet();
      },
      onCommit: () => this.hooks.onCommit(),
      onTerminate: (navRequest) => this.onTerminate(navRequest),
      onCall: (entry) => this.log(entry),
      now: () => performance.now(),
    });
    (window as unknown as Record<string, unknown>)[scorm.name] = scorm.api;
    return scorm;
  }

  private onTerminate(navRequest: string | null): void {
    if (this.closed) return;
    if (this.leaving) this.hooks.onTerminate(null, undefined);
    else this.hooks.onTerminate(navRequest, this.exit);
  }

  private log(entry: CallEntry): void {
    this.calls.push(shortenCall(entry));
    if (this.calls.length === MANY_CALLS) this.hooks.onSet();
  }
}
