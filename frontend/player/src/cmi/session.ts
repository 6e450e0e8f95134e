/**
 * The session around a data model, the same for both standards: state, error codes, the log of calls, what changed.
 * Nothing here throws into the content, whatever it passes and whatever a hook does.
 */

import { DataModel } from "./datamodel";
import type { Hooks, ScormApi, SessionState } from "./delivery";
import { badArgument, diagnosticOf } from "./diagnostics";
import { type Fault, type Model, own } from "./tables";

/** A GetValue result longer than this is shortened in the log; the value itself is in the commits. */
const LOGGED_CHARACTERS = 1000;

/** Content passes anything: numbers, booleans, nothing at all. */
export function text(argument: unknown): string {
  if (argument === undefined || argument === null) {
    return "";
  }
  try {
    return String(argument);
  } catch {
    return "";
  }
}

export class Session {
  readonly data: DataModel;
  private current: SessionState = "not initialized";
  private fault: Fault = "none";
  private detail = "";
  private changed: Record<string, string> = {};
  private readonly started: number;

  constructor(
    private readonly model: Model,
    values: Record<string, string>,
    private readonly hooks: Hooks,
    private readonly sessionTime: () => number | null,
    private readonly hasNavigation: boolean,
  ) {
    this.data = new DataModel(model, values);
    this.started = hooks.now();
  }

  initialize(method: string, argument: string): string {
    const fault: Fault =
      argument !== ""
        ? "argument"
        : this.current === "running"
          ? "already_initialized"
          : this.current === "terminated"
            ? "initialize_after"
            : "none";
    if (fault === "none") {
      this.current = "running";
    }
    return this.answer(method, argument, "", fault, argument && badArgument(argument));
  }

  terminate(method: string, argument: string): string {
    const fault = this.refused(argument, "terminate_before", "terminate_after");
    if (fault === "none") {
      this.current = "terminated";
    }
    const result = this.answer(method, argument, "", fault, argument && badArgument(argument));
    if (fault === "none") {
      this.tell(() => this.hooks.onTerminate(this.navigationRequest()));
    }
    return result;
  }

  getValue(method: string, element: string): string {
    const fault = this.refused("", "get_before", "get_after");
    const read = fault === "none" ? this.data.read(element) : { value: "", fault, detail: "" };
    this.remember(read.fault, read.detail);
    this.log(method, element, "", read.value.slice(0, LOGGED_CHARACTERS));
    return read.value;
  }

  setValue(method: string, element: string, value: string): string {
    const fault = this.refused("", "set_before", "set_after");
    const written = fault === "none" ? this.data.write(element, value) : { value: "", fault, detail: "" };
    if (written.fault === "none") {
      this.changed[element] = written.value;
    }
    const result = this.answer(method, element, value, written.fault, written.detail);
    if (written.fault === "none") {
      this.tell(() => this.hooks.onSet(element, written.value));
    }
    return result;
  }

  commit(method: string, argument: string): string {
    const fault = this.refused(argument, "commit_before", "commit_after");
    const result = this.answer(method, argument, "", fault, argument && badArgument(argument));
    if (fault === "none") {
      this.tell(() => this.hooks.onCommit());
    }
    return result;
  }

  lastError(): string {
    return this.model.codes[this.fault];
  }

  errorString(code: string): string {
    return own(this.model.texts, code)?.[0] ?? "";
  }

  diagnostic(code: string): string {
    const last = this.lastError();
    if ((code === "" || code === last) && this.detail) {
      return diagnosticOf(this.detail);
    }
    return own(this.model.texts, code || last)?.[1] ?? "";
  }

  /** What the player sees of this session. */
  facade(name: ScormApi["name"], api: object): ScormApi {
    return {
      api,
      name,
      state: () => this.current,
      changes: () => ({ ...this.changed }),
      takeChanges: () => {
        const taken = this.changed;
        this.changed = {};
        return taken;
      },
      sessionTimeSeconds: this.sessionTime,
      terminateFromOutside: () => {
        if (this.current === "running") {
          this.current = "terminated";
          this.tell(() => this.hooks.onTerminate(this.navigationRequest()));
        }
      },
    };
  }

  private navigationRequest(): string | null {
    const request = this.hasNavigation ? this.data.values.get("adl.nav.request") : undefined;
    return request === undefined || request === "_none_" ? null : request;
  }

  private refused(argument: string, before: Fault, after: Fault): Fault {
    if (argument !== "") {
      return "argument";
    }
    return this.current === "running" ? "none" : this.current === "terminated" ? after : before;
  }

  private remember(fault: Fault, detail: string): void {
    this.fault = fault;
    this.detail = detail;
  }

  private answer(method: string, element: string, value: string, fault: Fault, detail: string): string {
    this.remember(fault, detail);
    const result = fault === "none" ? "true" : "false";
    this.log(method, element, value, result);
    return result;
  }

  private log(method: string, element: string, value: string, result: string): void {
    const error = this.lastError();
    this.tell(() => {
      this.hooks.onCall([Math.round(this.hooks.now() - this.started), method, element, value, result, error]);
    });
  }

  private tell(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      console.error("Courseway player:", error);
    }
  }
}
