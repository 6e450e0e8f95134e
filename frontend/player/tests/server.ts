/** A server in a few lines that keeps the contract of commits: numbered, idempotent, gaps refused. */
import { Refusal, type Transport, Unreachable } from "../src/link/transport";
import type { Commit, Problem, Summary } from "../src/protocol";

export const SUMMARY: Summary = {
  completion: "incomplete",
  success: "unknown",
  score: { scaled: null, raw: null, min: null, max: null },
  total_time_seconds: 0,
  progress: null,
  location: "",
};

interface Sent {
  path: string;
  commits: Commit[];
  reason?: string;
  final?: boolean;
}

export function problem(code: string, status: number, expected: number | null = null): Problem {
  return { status, code, title: "", detail: "", id: "ref-1", expected };
}

export class FakeServer {
  readonly transport: Transport;
  readonly requests: Sent[] = [];
  readonly beacons: Sent[] = [];
  readonly state: Record<string, string> = {};
  acked = 0;
  revision = 0;
  /** What happens to requests: a connection that is down, an answer that is lost after the work is done, a slow one. */
  down = false;
  loseAnswers = false;
  delayMs = 10;
  refuse: Problem | null = null;
  beaconLimit = 64_000;

  constructor() {
    this.transport = {
      post: async <Answer>(path: string, body: object) => {
        const sent = this.note(path, body);
        this.requests.push(sent);
        await new Promise((go) => setTimeout(go, this.delayMs));
        if (this.down) throw new Unreachable("down");
        if (this.refuse) throw new Refusal(this.refuse);
        this.take(sent.commits);
        if (this.loseAnswers) throw new Unreachable("answer lost");
        return { acked: this.acked, revision: this.revision, summary: SUMMARY, toc: null } as Answer;
      },
      beacon: (path, body) => {
        if (JSON.stringify(body).length > this.beaconLimit) return false;
        const sent = this.note(path, body);
        this.beacons.push(sent);
        this.take(sent.commits);
        return true;
      },
    };
  }

  private note(path: string, body: object): Sent {
    return { ...structuredClone(body as Omit<Sent, "path">), path };
  }

  private take(commits: Commit[]): void {
    for (const commit of commits) {
      if (commit.seq <= this.acked) continue;
      if (commit.seq !== this.acked + 1) throw new Refusal(problem("learning.gap", 409, this.acked + 1));
      Object.assign(this.state, commit.set);
      this.acked = commit.seq;
      this.revision += 1;
    }
  }
}
