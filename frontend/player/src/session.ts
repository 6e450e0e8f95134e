/**
 * What the player knows about a launch once it has started: token, counters, results, and the queue of its commits.
 * Requests about the launch as a whole are made here; the course's way through it is `player.ts`.
 */
import type { ValidRequests } from "./cmi";
import { createLeftoverStore, type LeftoverStore, planReplay } from "./commits/leftovers";
import { CommitQueue, type QueueStatus } from "./commits/queue";
import { type Patience, persistently } from "./link/retry";
import { Refusal, type Transport } from "./link/transport";
import type {
  CommitAnswer,
  NavigateAnswer,
  NavigationRequest,
  Problem,
  Start,
  Summary,
  TocEntry,
} from "./protocol";

export interface LaunchKey {
  link: string;
  tab_key: string;
}

export interface SessionHooks {
  onStatus(status: QueueStatus): void;
  /** The server acknowledged something; says whether the table of contents may have changed. */
  onProgress(tocChanged: boolean): void;
  onRefused(problem: Problem): void;
}

const SESSION_LOST = new Set(["learning.session_invalid", "learning.session_expired"]);

/** Ask for a start; leftovers of this very launch are handed in first, so that the delivery already knows them. */
export async function openSession(
  transport: Transport,
  key: LaunchKey,
  takeover: boolean,
  patience: Patience,
  hooks: SessionHooks,
): Promise<Session> {
  const begin = (over: boolean) =>
    persistently(() => transport.post<Start>("/play/api/start", { ...key, takeover: over }), patience);
  let start = await begin(takeover);
  const store = start.mode === "normal" ? createLeftoverStore() : null;
  if (store && (await replayLeftovers(transport, start, store, patience))) start = await begin(takeover);
  return new Session(transport, key, start, store, hooks);
}

/** Hand in what an earlier page of this launch could not; true when the server took some of it. */
async function replayLeftovers(
  transport: Transport,
  start: Start,
  store: LeftoverStore,
  patience: Patience,
): Promise<boolean> {
  const leftover = await store.load(start.registration_id);
  if (!leftover) return false;
  const commits = planReplay(leftover, start.launch_id, start.next_seq);
  let taken = false;
  try {
    if (commits.length > 0) {
      const body = { session: start.session, commits };
      await persistently(() => transport.post("/play/api/commit", body), patience);
      taken = true;
    }
  } catch (error) {
    // What is refused now will never be taken.
    if (!(error instanceof Refusal)) throw error;
  }
  await store.remove(start.registration_id);
  return taken;
}

export class Session {
  readonly start: Start;
  readonly queue: CommitQueue;
  summary: Summary;
  revision: number;
  toc: Record<string, TocEntry>;
  valid: ValidRequests;
  private token: string;
  private nextNav: number;
  private readonly transport: Transport;
  private readonly key: LaunchKey;
  private readonly hooks: SessionHooks;

  constructor(
    transport: Transport,
    key: LaunchKey,
    start: Start,
    store: LeftoverStore | null,
    hooks: SessionHooks,
  ) {
    this.transport = transport;
    this.key = key;
    this.start = start;
    this.hooks = hooks;
    this.toc = start.toc;
    this.valid = start.valid;
    this.token = start.session;
    this.nextNav = start.next_nav;
    this.summary = start.summary;
    this.revision = start.revision;
    this.queue = new CommitQueue({
      transport,
      session: () => this.token,
      nextSeq: start.next_seq,
      store,
      registration: start.registration_id,
      launch: start.launch_id,
      onStatus: hooks.onStatus,
      onAnswer: (answer) => this.learn(answer),
      onRefused: (problem) => this.refused(problem),
    });
  }

  /** Ask for a navigation; the commits that are not acknowledged travel with it. Safe to repeat. */
  async navigate(request: NavigationRequest, patience: Patience): Promise<NavigateAnswer> {
    const nav = this.nextNav;
    const commits = this.queue.hold();
    const attempt = () =>
      this.renewing(() =>
        this.transport.post<NavigateAnswer>("/play/api/navigate", {
          session: this.token,
          nav,
          commits,
          request,
        }),
      );
    const answer = await persistently(attempt, {
      ...patience,
      onFailure: (tries, reference) => {
        this.queue.failed();
        patience.onFailure(tries, reference);
      },
    });
    this.nextNav = nav + 1;
    this.valid = answer.valid;
    this.queue.acknowledge(answer.acked);
    this.queue.release();
    this.learn({ ...answer, toc: answer.toc, valid: {} });
    return answer;
  }

  /** Say that this window is still there; failures only show as being offline. */
  async heartbeat(): Promise<void> {
    try {
      await this.renewing(() => this.transport.post("/play/api/heartbeat", { session: this.token }));
      this.queue.reached();
    } catch (error) {
      if (error instanceof Refusal) this.hooks.onRefused(error.problem);
      else this.queue.failed();
    }
  }

  private learn(answer: CommitAnswer): void {
    if (answer.revision >= this.revision) {
      this.revision = answer.revision;
      this.summary = answer.summary ?? this.summary;
      if (answer.toc) this.toc = { ...this.toc, ...answer.toc };
      if (answer.valid) this.valid = { ...this.valid, ...answer.valid };
    }
    this.hooks.onProgress(answer.toc !== null);
  }

  private refused(problem: Problem): void {
    if (!SESSION_LOST.has(problem.code)) return this.hooks.onRefused(problem);
    persistently(() => this.renew(problem), { onFailure: () => this.queue.failed() }).then(
      () => this.queue.resume(),
      (error: unknown) => this.hooks.onRefused(error instanceof Refusal ? error.problem : problem),
    );
  }

  /** Run a request; when only the token has grown old, get another for the same launch and run it once more. */
  private async renewing<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Refusal) || !SESSION_LOST.has(error.problem.code)) throw error;
      await this.renew(error.problem);
      return await attempt();
    }
  }

  /** Get another token for this window's launch; when it is no longer this one, what was refused stays refused. */
  private async renew(refused: Problem): Promise<void> {
    const again = await this.transport.post<Start>("/play/api/start", { ...this.key, takeover: false });
    if (again.launch_id !== this.start.launch_id) throw new Refusal(refused);
    this.token = again.session;
  }
}
