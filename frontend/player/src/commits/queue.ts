/**
 * The first ledger: what the content set, numbered, sent in order, and kept until the server has acknowledged it.
 *
 * One request is in flight at a time. Nothing here knows the page; the player is told by callbacks.
 */
import { Refusal, type Transport } from "../link/transport";
import type { CallEntry, Commit, CommitAnswer, Problem } from "../protocol";
import { fitBeacon, fitRequest, splitChanges, withoutCalls } from "./batches";
import type { LeftoverStore } from "./leftovers";

/** A killed browser may lose at most the calls of the last half second: this and the way to the server fit into it. */
export const PUSH_DELAY_MS = 250;
export const COMMIT_DELAY_MS = 40;
const SLOW_MS = 4_000;
const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];
const MOST_CALLS_KEPT = 2_000;

/** What one delivery has to say since it was last asked. */
export interface Draft {
  delivery: number;
  set: Record<string, string>;
  session_time_seconds: number | null;
  calls: CallEntry[];
}

export interface QueueStatus {
  /** Changes that the server has not acknowledged. */
  waiting: number;
  /** The last try failed or takes suspiciously long. */
  offline: boolean;
}

export interface QueueOptions {
  transport: Transport;
  session(): string;
  nextSeq: number;
  /** Null keeps nothing in the browser (preview). */
  store: LeftoverStore | null;
  registration: string;
  launch: string;
  onStatus(status: QueueStatus): void;
  onAnswer(answer: CommitAnswer): void;
  /** The server refused for good; nothing is sent any more until `resume`. */
  onRefused(problem: Problem): void;
}

export class CommitQueue {
  private readonly options: QueueOptions;
  private unacked: Commit[] = [];
  private nextSeq: number;
  /** Commits up to here have left at least once and may not be changed any more. */
  private sentSeq: number;
  private source: (() => Draft) | null = null;
  private gatherTimer: ReturnType<typeof setTimeout> | null = null;
  private gatherAt = 0;
  private gatherKind: Commit["kind"] = "push";
  private retryTimer: ReturnType<typeof setTimeout> | null = null;
  private failures = 0;
  private offline = false;
  private inFlight = false;
  private held = false;
  private stopped = false;
  private leaving = false;
  private beaconPlanned = false;
  /** Answers to requests of an earlier epoch acknowledge, but no longer decide anything. */
  private epoch = 0;
  private saving: Promise<void> | null = null;
  private saveAgain = false;

  constructor(options: QueueOptions) {
    this.options = options;
    this.nextSeq = options.nextSeq;
    this.sentSeq = options.nextSeq - 1;
  }

  /** Name where changes come from. */
  attach(source: () => Draft): void {
    this.source = source;
  }

  /** The content is gone: take its last words and ask no more. */
  detach(): void {
    this.gather("push");
    this.source = null;
  }

  /** Something was set: push it soon, with what else is set until then. */
  touch(): void {
    this.gatherIn(PUSH_DELAY_MS, "push");
  }

  /** The content committed: it wants this saved now. */
  commit(): void {
    this.gatherIn(COMMIT_DELAY_MS, "commit");
  }

  /** The content's session is over: number what is left and send it at once. */
  terminate(): void {
    this.gather("terminate");
    this.pump();
    if (this.leaving) this.sendBeacon("pagehide");
  }

  get status(): QueueStatus {
    const changes = this.unacked.map((commit) => Math.max(1, Object.keys(commit.set).length));
    return { waiting: changes.reduce((sum, count) => sum + count, 0), offline: this.offline };
  }

  /** Take up commits kept from before this page was loaded. */
  restore(commits: Commit[]): void {
    this.unacked.push(...commits);
    const last = commits[commits.length - 1];
    if (last) this.nextSeq = last.seq + 1;
    this.sentSeq = this.nextSeq - 1;
  }

  /** Stop sending on its own: a navigation request takes the commits with it. Returns all that is unacknowledged. */
  hold(): Commit[] {
    this.gather("push");
    this.held = true;
    this.epoch += 1;
    this.inFlight = false;
    this.clearRetry();
    this.sentSeq = this.nextSeq - 1;
    return [...this.unacked];
  }

  /** Send on its own again. */
  release(): void {
    this.held = false;
    this.pump();
  }

  /** The server has everything up to this number. */
  acknowledge(acked: number): void {
    const before = this.unacked.length;
    this.unacked = this.unacked.filter((commit) => commit.seq > acked);
    if (this.unacked.length !== before) this.persist();
    this.failures = 0;
    this.tell(false);
  }

  /** The server was reached by a request that this queue did not send itself. */
  reached(): void {
    if (this.unacked.length === 0) this.tell(false);
    else if (this.retryTimer !== null) this.nudge();
  }

  /** A request failed that this queue did not send itself. */
  failed(): void {
    this.tell(true);
  }

  /** Never send again: another window owns the registration now. */
  stop(): void {
    this.stopped = true;
    this.clearRetry();
  }

  /** Go on after a refusal that was mended (a renewed session). */
  resume(): void {
    this.stopped = false;
    this.pump();
  }

  /** The connection may be back: try at once, also beside a request that seems to hang. */
  nudge(): void {
    if (!this.offline || this.held) return;
    this.clearRetry();
    this.epoch += 1;
    this.inFlight = false;
    this.pump();
  }

  /** The page is hidden and may never come back: everything leaves now. */
  flushHidden(): void {
    this.gather("push");
    this.sendBeacon("hidden");
    this.pump();
  }

  /** The page goes: from here on whatever is still set leaves by beacon at once. */
  finalise(): void {
    this.gather("push");
    this.leaving = true;
    this.sendBeacon("pagehide", true);
  }

  /** Resolves when everything is acknowledged. */
  async drained(): Promise<void> {
    while (this.unacked.length > 0 && !this.stopped) await new Promise((go) => setTimeout(go, 100));
  }

  private gatherIn(delayMs: number, kind: Commit["kind"]): void {
    if (kind === "commit") this.gatherKind = "commit";
    if (this.leaving) return this.planBeacon();
    const at = Date.now() + delayMs;
    if (this.gatherTimer !== null) {
      if (at >= this.gatherAt) return;
      clearTimeout(this.gatherTimer);
    }
    this.gatherAt = at;
    this.gatherTimer = setTimeout(() => {
      this.gather(this.gatherKind);
      this.pump();
    }, delayMs);
  }

  /** The content's own unload handlers run after ours: one beacon for all they set in one go. */
  private planBeacon(): void {
    if (this.beaconPlanned) return;
    this.beaconPlanned = true;
    queueMicrotask(() => {
      this.beaconPlanned = false;
      this.gather(this.gatherKind);
      this.sendBeacon("pagehide");
    });
  }

  private gather(kind: Commit["kind"]): void {
    if (this.gatherTimer !== null) clearTimeout(this.gatherTimer);
    this.gatherTimer = null;
    this.gatherKind = "push";
    const draft = this.source?.();
    if (!draft) return;
    const empty = Object.keys(draft.set).length === 0;
    if (kind === "push" && empty && draft.calls.length === 0) return;
    const groups = splitChanges(draft.set);
    groups.forEach((set, index) => {
      const last = index === groups.length - 1;
      this.number({
        ...draft,
        set,
        seq: this.nextSeq,
        kind: last ? kind : "push",
        calls: last ? draft.calls.slice(-MOST_CALLS_KEPT) : [],
      });
    });
    this.persist();
    this.tell(this.offline);
  }

  /** Give a commit its number, or join it to the last one when that never left this page. */
  private number(commit: Commit): void {
    const last = this.unacked[this.unacked.length - 1];
    const joins =
      last && last.seq > this.sentSeq && last.delivery === commit.delivery && last.kind !== "terminate";
    if (!joins || splitChanges({ ...last.set, ...commit.set }).length > 1) {
      this.unacked.push(commit);
      this.nextSeq = commit.seq + 1;
      return;
    }
    this.unacked[this.unacked.length - 1] = {
      seq: last.seq,
      delivery: last.delivery,
      kind: commit.kind === "push" ? last.kind : commit.kind,
      set: { ...last.set, ...commit.set },
      session_time_seconds: commit.session_time_seconds ?? last.session_time_seconds,
      calls: [...last.calls, ...commit.calls].slice(-MOST_CALLS_KEPT),
    };
  }

  private pump(): void {
    if (this.inFlight || this.held || this.stopped || this.retryTimer !== null) return;
    if (this.unacked.length === 0) return;
    const commits = fitRequest(this.unacked);
    this.sentSeq = Math.max(this.sentSeq, commits[commits.length - 1]?.seq ?? 0);
    this.inFlight = true;
    const epoch = this.epoch;
    const slow = setTimeout(() => {
      if (epoch === this.epoch) this.tell(true);
    }, SLOW_MS);
    this.options.transport
      .post<CommitAnswer>("/play/api/commit", { session: this.options.session(), commits })
      .then(
        (answer) => this.answered(answer, epoch),
        (error: unknown) => this.refusedOrLost(error, epoch),
      )
      .finally(() => clearTimeout(slow));
  }

  private answered(answer: CommitAnswer, epoch: number): void {
    this.acknowledge(answer.acked);
    this.options.onAnswer(answer);
    if (epoch !== this.epoch) return;
    this.inFlight = false;
    this.pump();
  }

  private refusedOrLost(error: unknown, epoch: number): void {
    if (epoch !== this.epoch) return;
    this.inFlight = false;
    if (!(error instanceof Refusal)) return this.retryLater();
    const { problem } = error;
    if (this.mends(problem)) return this.pump();
    this.stop();
    this.options.onRefused(problem);
  }

  /** A gap is closed from what is still here; a body that is too large goes again without its call log. */
  private mends(problem: Problem): boolean {
    const first = this.unacked[0];
    if (problem.code === "learning.gap" && problem.expected !== null && first) {
      const known = problem.expected > first.seq && problem.expected <= this.nextSeq;
      if (known) this.acknowledge(problem.expected - 1);
      return known;
    }
    const logged = this.unacked.some((commit) => commit.calls.length > 0);
    if (problem.status === 413 && logged) {
      this.unacked = this.unacked.map(withoutCalls);
      return true;
    }
    return false;
  }

  private retryLater(): void {
    const seconds = RETRY_SECONDS[Math.min(this.failures, RETRY_SECONDS.length - 1)] ?? 30;
    this.failures += 1;
    this.tell(true);
    this.retryTimer = setTimeout(
      () => {
        this.retryTimer = null;
        this.pump();
      },
      seconds * 1000 * (0.8 + 0.4 * Math.random()),
    );
  }

  private clearRetry(): void {
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.retryTimer = null;
  }

  private sendBeacon(reason: "hidden" | "pagehide", final = false): void {
    if (this.stopped || (this.unacked.length === 0 && !final)) return;
    const commits = fitBeacon(this.unacked);
    if (commits.length === 0 && !final) return;
    this.sentSeq = this.nextSeq - 1;
    const body = { session: this.options.session(), commits, reason, ...(final ? { final } : {}) };
    if (this.options.transport.beacon("/play/api/commit", body)) return;
    this.options.transport.beacon("/play/api/commit", { ...body, commits: commits.map(withoutCalls) });
  }

  private tell(offline: boolean): void {
    this.offline = offline;
    this.options.onStatus(this.status);
  }

  /** Write the newest state; while one write runs, the next waits and takes what is newest then. */
  private persist(): void {
    const { store, registration, launch } = this.options;
    if (!store) return;
    if (this.saving) {
      this.saveAgain = true;
      return;
    }
    const writing =
      this.unacked.length > 0
        ? store.save({ registration, launch, commits: this.unacked.map(withoutCalls) })
        : store.remove(registration);
    this.saving = writing.finally(() => {
      this.saving = null;
      if (!this.saveAgain) return;
      this.saveAgain = false;
      this.persist();
    });
  }
}
