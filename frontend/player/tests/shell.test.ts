// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openShellLine, readShellAddress, type ShellLine } from "../src/link/shell";
import { SUMMARY } from "./server";

const ORIGIN = "https://lms.example";

interface Heard {
  message: Record<string, unknown>;
  origin: string;
}

class FakeShell {
  readonly heard: Heard[] = [];
  readonly window = {
    postMessage: (message: Heard["message"], origin: string) => this.heard.push({ message, origin }),
  };
  readonly ported: Heard["message"][] = [];
  readonly port = {
    postMessage: (message: Heard["message"]) => this.ported.push(message),
    start: () => {},
    onmessage: null as ((event: { data: unknown }) => void) | null,
  };

  answer(changes: { origin?: string; nonce?: string; source?: object } = {}): void {
    const event = new MessageEvent("message", {
      data: { cw: 1, type: "port", nonce: changes.nonce ?? "n1" },
      origin: changes.origin ?? ORIGIN,
    });
    Object.defineProperty(event, "source", { value: changes.source ?? this.window });
    Object.defineProperty(event, "ports", { value: [this.port] });
    window.dispatchEvent(event);
  }

  say(data: unknown): void {
    this.port.onmessage?.({ data });
  }
}

let shell: FakeShell;
let line: ShellLine;
let taken: [boolean, string][];
let gone: number;

beforeEach(() => {
  vi.useFakeTimers();
  shell = new FakeShell();
  taken = [];
  gone = 0;
  line = openShellLine(
    { nonce: "n1", origin: ORIGIN, window: shell.window as unknown as Window },
    { onTaken: (ok, error) => taken.push([ok, error]), onLmsGone: () => (gone += 1) },
  );
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

describe("finding the shell", () => {
  const opener = {} as Window;
  const page = { opener, parent: {} as Window } as Window;

  it("frame or popup, by exact origin", () => {
    expect(readShellAddress("#n=n1&o=https%3A%2F%2Flms.example&m=popup", page)).toEqual({
      nonce: "n1",
      origin: ORIGIN,
      window: opener,
    });
    expect(readShellAddress("#n=n1&o=https%3A%2F%2Flms.example&m=frame", page)?.window).toBe(page.parent);
  });

  it("no shell when the address is not complete, the origin odd, or the opener cut off", () => {
    expect(readShellAddress("", page)).toBeNull();
    expect(readShellAddress("#n=n1", page)).toBeNull();
    expect(readShellAddress("#n=n1&o=*&m=popup", page)).toBeNull();
    expect(
      readShellAddress("#n=n1&o=https%3A%2F%2Flms.example&m=popup", { ...page, opener: null } as Window),
    ).toBeNull();
  });
});

describe("greeting", () => {
  it("repeats until the port comes, to the exact origin only", () => {
    vi.advanceTimersByTime(1_200);
    expect(shell.heard).toHaveLength(3);
    expect(shell.heard[0]).toEqual({ message: { cw: 1, type: "hello", nonce: "n1" }, origin: ORIGIN });
    shell.answer();
    vi.advanceTimersByTime(5_000);
    expect(shell.heard).toHaveLength(3);
  });

  it("a port from another origin, another window or with another nonce is not taken", () => {
    shell.answer({ origin: "https://evil.example" });
    shell.answer({ nonce: "n2" });
    shell.answer({ source: {} });
    line.state(1, SUMMARY);
    vi.advanceTimersByTime(1_000);
    expect(shell.ported).toEqual([]);
  });
});

describe("telling results", () => {
  it("several states within half a second leave as one, the newest", () => {
    shell.answer();
    line.state(1, SUMMARY);
    line.state(2, { ...SUMMARY, completion: "completed" });
    vi.advanceTimersByTime(500);
    expect(shell.ported).toMatchObject([
      { type: "state", revision: 2, summary: { completion: "completed" } },
    ]);
  });

  it("a state from before the port is there is told when it comes; an older one never", () => {
    line.state(5, SUMMARY);
    vi.advanceTimersByTime(1_000);
    shell.answer();
    line.state(4, SUMMARY);
    vi.advanceTimersByTime(1_000);
    expect(shell.ported).toMatchObject([{ type: "state", revision: 5 }]);
  });

  it("what the LMS took or not, and that its window is gone, is passed on", () => {
    shell.answer();
    shell.say({ type: "taken", ok: false, error: "101" });
    shell.say({ type: "lms_gone" });
    expect(taken).toEqual([[false, "101"]]);
    expect(gone).toBe(1);
  });
});

describe("finishing in order", () => {
  it("the last state goes first, then finish; the shell's answer is awaited", async () => {
    shell.answer();
    line.state(7, SUMMARY);
    const finished = line.finish("suspend", 7, SUMMARY);
    expect(shell.ported.map((message) => message.type)).toEqual(["state", "finish"]);
    shell.say({ type: "finished", ok: true, error: "" });
    expect(await finished).toBe(true);
  });

  it("three seconds without an answer are enough", async () => {
    shell.answer();
    const finished = line.finish("exit", 7, SUMMARY);
    vi.advanceTimersByTime(3_000);
    expect(await finished).toBe(false);
  });

  it("without a shell nothing is waited for", async () => {
    const alone = openShellLine(null, { onTaken: () => {}, onLmsGone: () => {} });
    alone.state(1, SUMMARY);
    expect(await alone.finish("exit", 1, SUMMARY)).toBe(true);
  });
});
