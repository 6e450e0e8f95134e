import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Leftover, LeftoverStore } from "../src/commits/leftovers";
import { CommitQueue, type Draft, type QueueStatus } from "../src/commits/queue";
import type { Problem } from "../src/protocol";
import { FakeServer, problem } from "./server";

class Content {
  private set: Record<string, string> = {};
  delivery = 1;
  private calls: Draft["calls"] = [];

  constructor(private readonly queue: () => CommitQueue) {}

  setValue(element: string, value: string): void {
    this.set[element] = value;
    this.calls.push([0, "SetValue", element, value, "true", "0"]);
    this.queue().touch();
  }

  take(): Draft {
    const draft = { delivery: this.delivery, set: this.set, session_time_seconds: null, calls: this.calls };
    this.set = {};
    this.calls = [];
    return draft;
  }
}

function setUp() {
  const server = new FakeServer();
  const kept = new Map<string, Leftover>();
  const store: LeftoverStore = {
    load: async (registration) => kept.get(registration) ?? null,
    save: async (leftover) => void kept.set(leftover.registration, structuredClone(leftover)),
    remove: async (registration) => void kept.delete(registration),
  };
  const statuses: QueueStatus[] = [];
  const refusals: Problem[] = [];
  const queue = new CommitQueue({
    transport: server.transport,
    session: () => "token",
    nextSeq: 1,
    store,
    registration: "r1",
    launch: "l1",
    onStatus: (status) => statuses.push(status),
    onAnswer: () => {},
    onRefused: (refused) => refusals.push(refused),
  });
  const content = new Content(() => queue);
  queue.attach(() => content.take());
  return { server, kept, statuses, refusals, queue, content };
}

const settle = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("while the server answers", () => {
  it("everything set is there within half a second, without the content committing", async () => {
    const { server, content } = setUp();
    content.setValue("cmi.location", "p2");
    await settle(100);
    content.setValue("cmi.suspend_data", "abc");
    await settle(400);
    expect(server.state).toEqual({ "cmi.location": "p2", "cmi.suspend_data": "abc" });
  });

  it("a busy content is pushed at a steady pace and does not delay its own push", async () => {
    const { server, content } = setUp();
    for (let at = 0; at < 20; at += 1) {
      content.setValue("cmi.location", String(at));
      await settle(100);
    }
    expect(server.requests.length).toBeGreaterThanOrEqual(6);
    expect(server.requests.length).toBeLessThanOrEqual(10);
  });

  it("values set in one burst leave in one commit", async () => {
    const { server, content, queue } = setUp();
    content.setValue("cmi.location", "p2");
    content.setValue("cmi.score.raw", "80");
    queue.commit();
    await settle(200);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.commits.map((commit) => [commit.seq, commit.kind])).toEqual([[1, "commit"]]);
  });

  it("the end of the content's session leaves at once, even when nothing was set", async () => {
    const { server, queue } = setUp();
    queue.terminate();
    await settle(11);
    expect(server.requests[0]?.commits[0]).toMatchObject({ kind: "terminate", set: {} });
  });

  it("only one request is under way at a time", async () => {
    const { server, content } = setUp();
    server.delayMs = 3_000;
    content.setValue("cmi.location", "1");
    await settle(500);
    content.setValue("cmi.location", "2");
    await settle(500);
    expect(server.requests).toHaveLength(1);
    await settle(6_000);
    expect(server.state["cmi.location"]).toBe("2");
  });

  it("what is acknowledged is no longer kept in the browser", async () => {
    const { server, content, kept } = setUp();
    server.delayMs = 1_000;
    content.setValue("cmi.location", "1");
    await settle(300);
    expect(kept.get("r1")?.commits).toHaveLength(1);
    expect(JSON.stringify(kept.get("r1"))).not.toContain("token");
    await settle(1_500);
    expect(kept.size).toBe(0);
  });
});

describe("while the connection is down", () => {
  it("the learner sees how many changes wait, and nothing is lost when it returns", async () => {
    const { server, content, queue } = setUp();
    server.down = true;
    content.setValue("cmi.location", "1");
    await settle(300);
    content.setValue("cmi.score.raw", "80");
    content.setValue("cmi.suspend_data", "x");
    await settle(5_000);
    expect(queue.status).toEqual({ waiting: 3, offline: true });
    server.down = false;
    await settle(40_000);
    expect(queue.status).toEqual({ waiting: 0, offline: false });
    expect(server.state).toEqual({ "cmi.location": "1", "cmi.score.raw": "80", "cmi.suspend_data": "x" });
  });

  it("tries come less and less often", async () => {
    const { server, content } = setUp();
    server.down = true;
    content.setValue("cmi.location", "1");
    await settle(60_000);
    expect(server.requests.length).toBeGreaterThan(4);
    expect(server.requests.length).toBeLessThan(9);
  });

  it("a returning connection is used at once", async () => {
    const { server, content, queue } = setUp();
    server.down = true;
    content.setValue("cmi.location", "1");
    await settle(35_000);
    server.down = false;
    queue.nudge();
    await settle(50);
    expect(server.state["cmi.location"]).toBe("1");
  });

  it("changes that never left are joined instead of piling up", async () => {
    const { server, content, queue } = setUp();
    server.down = true;
    for (let at = 0; at < 50; at += 1) {
      content.setValue("cmi.location", String(at));
      await settle(1_000);
    }
    expect(queue.hold().length).toBeLessThan(12);
  });

  it("a slow server shows as offline before it fails", async () => {
    const { server, content, queue } = setUp();
    server.delayMs = 8_000;
    content.setValue("cmi.location", "1");
    await settle(5_000);
    expect(queue.status.offline).toBe(true);
    await settle(5_000);
    expect(queue.status.offline).toBe(false);
  });

  it("an answer lost on the way back changes nothing twice", async () => {
    const { server, content, queue } = setUp();
    server.loseAnswers = true;
    content.setValue("cmi.location", "1");
    await settle(2_000);
    server.loseAnswers = false;
    content.setValue("cmi.location", "2");
    await settle(10_000);
    expect(server.acked).toBe(2);
    expect(queue.status.waiting).toBe(0);
  });
});

describe("when the page is hidden or goes", () => {
  it("hidden: what was set a moment ago leaves by beacon", () => {
    const { server, content, queue } = setUp();
    content.setValue("cmi.location", "1");
    queue.flushHidden();
    expect(server.beacons).toMatchObject([{ reason: "hidden" }]);
    expect(server.state["cmi.location"]).toBe("1");
  });

  it("a beacon carries what is under way too, so that it can never be a gap", async () => {
    const { server, content, queue } = setUp();
    server.delayMs = 5_000;
    content.setValue("cmi.location", "1");
    await settle(300);
    content.setValue("cmi.location", "2");
    queue.finalise();
    expect(server.beacons[0]?.commits.map((commit) => commit.seq)).toEqual([1, 2]);
    expect(server.beacons[0]).toMatchObject({ final: true, reason: "pagehide" });
  });

  it("what the content sets in its own last handlers, after ours, still leaves", async () => {
    const { server, content, queue } = setUp();
    queue.finalise();
    content.setValue("cmi.completion_status", "completed");
    queue.terminate();
    expect(server.state["cmi.completion_status"]).toBe("completed");
  });

  it("a beacon stays below 48 kB by leaving out the call log", () => {
    const { server, content, queue } = setUp();
    for (let at = 0; at < 900; at += 1) content.setValue("cmi.location", `a place with a long name ${at}`);
    queue.finalise();
    expect(JSON.stringify(server.beacons[0]).length).toBeLessThan(48_000);
    expect(server.state["cmi.location"]).toBe("a place with a long name 899");
  });

  it("a status leaves although the suspend data beside it is too large for a beacon", () => {
    const { server, content, queue } = setUp();
    content.setValue("cmi.suspend_data", "x".repeat(60_000));
    content.setValue("cmi.completion_status", "completed");
    queue.finalise();
    expect(server.state).toEqual({ "cmi.completion_status": "completed" });
  });

  it("a long answer keeps its place before the entries that follow it", async () => {
    const { server, content } = setUp();
    const patterns = [0, 1, 2].map((at) => `cmi.interactions.0.correct_responses.${at}.pattern`);
    content.setValue("cmi.interactions.0.id", "i");
    for (const [at, name] of patterns.entries())
      content.setValue(name, "x".repeat(at === 0 ? 23_000 : 2_000));
    await settle(5_000);
    expect(server.requests.length).toBeGreaterThan(0);
    expect(Object.keys(server.state)).toEqual(["cmi.interactions.0.id", ...patterns]);
  });
});

describe("when the server refuses", () => {
  it("a continuation elsewhere is told once and nothing is sent any more", async () => {
    const { server, content, refusals } = setUp();
    server.refuse = problem("learning.superseded", 409);
    content.setValue("cmi.location", "1");
    await settle(1_000);
    content.setValue("cmi.location", "2");
    await settle(60_000);
    expect(refusals.map((refused) => refused.code)).toEqual(["learning.superseded"]);
    expect(server.requests).toHaveLength(1);
  });

  it("a session renewed goes on where it stopped", async () => {
    const { server, content, queue } = setUp();
    server.refuse = problem("learning.session_invalid", 401);
    content.setValue("cmi.location", "1");
    await settle(1_000);
    content.setValue("cmi.score.raw", "5");
    await settle(1_000);
    server.refuse = null;
    queue.resume();
    await settle(1_000);
    expect(server.state).toEqual({ "cmi.location": "1", "cmi.score.raw": "5" });
  });

  it("a body too large goes again without its call log", async () => {
    const { server, content } = setUp();
    server.refuse = problem("http.413", 413);
    content.setValue("cmi.location", "1");
    await settle(261);
    server.refuse = null;
    await settle(100);
    expect(server.requests.map((sent) => sent.commits[0]?.calls.length)).toEqual([1, 0]);
    expect(server.state["cmi.location"]).toBe("1");
  });

  it("commits that the server already has are dropped when it names the one it expects", async () => {
    const { server, content, queue } = setUp();
    server.loseAnswers = true;
    content.setValue("cmi.location", "1");
    await settle(400);
    server.loseAnswers = false;
    content.setValue("cmi.location", "2");
    await settle(10_000);
    expect(queue.status.waiting).toBe(0);
    expect(server.state["cmi.location"]).toBe("2");
  });
});

describe("navigation takes the commits with it", () => {
  it("nothing is sent beside it, and afterwards the queue goes on", async () => {
    const { server, content, queue } = setUp();
    content.setValue("cmi.location", "1");
    const commits = queue.hold();
    expect(commits.map((commit) => commit.set)).toEqual([{ "cmi.location": "1" }]);
    content.setValue("cmi.location", "2");
    await settle(5_000);
    expect(server.requests).toHaveLength(0);
    server.acked = 1;
    queue.acknowledge(1);
    queue.release();
    await settle(1_000);
    expect(server.state["cmi.location"]).toBe("2");
  });

  it("a commit that was under way when the course moved on decides nothing any more", async () => {
    const { server, content, queue, refusals } = setUp();
    server.delayMs = 2_000;
    server.refuse = problem("learning.ended", 410);
    content.setValue("cmi.location", "1");
    await settle(500);
    queue.hold();
    await settle(5_000);
    expect(refusals).toEqual([]);
  });
});

it("whatever the connection does, in the end the server holds what the content set last", async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant("set" as const),
      element: fc.constantFrom("a", "b", "c"),
      value: fc.string(),
    }),
    fc.record({ do: fc.constant("commit" as const) }),
    fc.record({ do: fc.constant("hidden" as const) }),
    fc.record({ do: fc.constant("down" as const), down: fc.boolean() }),
    fc.record({ do: fc.constant("lose" as const), lose: fc.boolean() }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { server, content, queue, refusals } = setUp();
      const expected: Record<string, string> = {};
      for (const now of steps) {
        if (now.do === "set") {
          content.setValue(now.element, now.value);
          expected[now.element] = now.value;
        } else if (now.do === "commit") queue.commit();
        else if (now.do === "hidden") queue.flushHidden();
        else if (now.do === "down") server.down = now.down;
        else if (now.do === "lose") server.loseAnswers = now.lose;
        else await settle(now.ms);
      }
      server.down = false;
      server.loseAnswers = false;
      await settle(60_000);
      expect(server.state).toEqual(expected);
      expect(queue.status).toEqual({ waiting: 0, offline: false });
      expect(refusals).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
