/**
 * The LMS's API behind one face for both standards: synchronous calls, their errors, nothing remembered
 * but whether the session is open. What should be written, and when, is the ledger's.
 */
import type { Standard } from "./config";
import type { Api } from "./find";

export interface LmsError {
  code: string;
  text: string;
  diagnostic: string;
}

const CALLS = {
  scorm12: {
    initialise: "LMSInitialize",
    get: "LMSGetValue",
    set: "LMSSetValue",
    commit: "LMSCommit",
    finish: "LMSFinish",
    code: "LMSGetLastError",
    text: "LMSGetErrorString",
    diagnostic: "LMSGetDiagnostic",
  },
  scorm2004: {
    initialise: "Initialize",
    get: "GetValue",
    set: "SetValue",
    commit: "Commit",
    finish: "Terminate",
    code: "GetLastError",
    text: "GetErrorString",
    diagnostic: "GetDiagnostic",
  },
} as const;

/** 1.2 says 101 and 2004 says 103 when the same API is initialised twice, as after a reload of a popup. */
const ALREADY_OPEN = ["101", "103"];

export class Lms {
  open = false;
  /** Why the newest call that answered "false" did. */
  error: LmsError = { code: "0", text: "", diagnostic: "" };

  constructor(
    private readonly api: Api,
    readonly standard: Standard,
  ) {}

  /** Open the session; a session that is open already, and answers, is as good. */
  initialise(): boolean {
    const ok = this.judged("initialise", "");
    this.open = ok || (ALREADY_OPEN.indexOf(this.error.code) >= 0 && this.answers());
    return this.open;
  }

  /** Read an element; what the LMS does not have is an empty string. */
  get(element: string): string {
    const value = this.call("get", element);
    return value === undefined || value === null ? "" : String(value);
  }

  set(element: string, value: string): boolean {
    return this.open && this.judged("set", element, value);
  }

  commit(): boolean {
    return this.open && this.judged("commit", "");
  }

  /** Close the session, once. Nothing may be set afterwards, and nothing is. */
  finish(): boolean {
    if (!this.open) return false;
    this.open = false;
    return this.judged("finish", "");
  }

  private answers(): boolean {
    this.get(this.standard === "scorm12" ? "cmi.core.lesson_status" : "cmi.completion_status");
    return this.code() === "0";
  }

  private judged(call: keyof (typeof CALLS)["scorm12"], ...args: string[]): boolean {
    const answer = this.call(call, ...args);
    if (answer === true || answer === 1 || String(answer) === "true" || String(answer) === "1") return true;
    this.error = this.explain();
    return false;
  }

  private explain(): LmsError {
    const code = this.code();
    return {
      code,
      text: String(this.call("text", code) || "").slice(0, 200),
      diagnostic: String(this.call("diagnostic", code) || "").slice(0, 500),
    };
  }

  private code(): string {
    const code = this.call("code");
    return code === undefined || code === null ? "" : String(code);
  }

  private call(name: keyof (typeof CALLS)["scorm12"], ...args: string[]): unknown {
    try {
      const method = this.api[CALLS[this.standard][name]];
      return method ? method.apply(this.api, args) : undefined;
    } catch (problem) {
      this.error = { code: "exception", text: String(problem).slice(0, 200), diagnostic: "" };
      return undefined;
    }
  }
}
