import { IDBFactory } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { createLeftoverStore, planReplay } from "../src/commits/leftovers";
import type { Commit } from "../src/protocol";

const commit = (seq: number): Commit => ({
  seq,
  delivery: 1,
  kind: "push",
  set: { "cmi.location": String(seq) },
  session_time_seconds: null,
  calls: [],
});

describe("commits kept in the browser", () => {
  it("survive the page, under their registration only", async () => {
    const factory = new IDBFactory();
    await createLeftoverStore(factory).save({ registration: "r1", launch: "l1", commits: [commit(4)] });
    const next = createLeftoverStore(factory);
    expect(await next.load("r1")).toEqual({ registration: "r1", launch: "l1", commits: [commit(4)] });
    expect(await next.load("r2")).toBeNull();
    await next.remove("r1");
    expect(await next.load("r1")).toBeNull();
  });

  it("a browser without storage keeps nothing and complains about nothing", async () => {
    const store = createLeftoverStore(undefined);
    await store.save({ registration: "r1", launch: "l1", commits: [commit(1)] });
    expect(await store.load("r1")).toBeNull();
  });
});

describe("which of them the server may still take", () => {
  const kept = { registration: "r1", launch: "l1", commits: [commit(3), commit(4), commit(5)] };

  it("those that follow what it has", () => {
    expect(planReplay(kept, "l1", 4).map((one) => one.seq)).toEqual([4, 5]);
  });

  it("none of another launch, none after a gap, none when it has all", () => {
    expect(planReplay(kept, "l2", 3)).toEqual([]);
    expect(planReplay(kept, "l1", 2)).toEqual([]);
    expect(planReplay(kept, "l1", 6)).toEqual([]);
    expect(planReplay(null, "l1", 1)).toEqual([]);
  });
});
