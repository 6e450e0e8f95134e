/** An LMS's API for unit tests, with the habits of real ones: it can refuse commits, lie about them, and sends only changes. */
import type { Standard } from "./config";
import type { Api } from "./find";

export class FakeLms {
  readonly calls: string[][] = [];
  /** What the LMS's server holds; `values` is only what the page holds. */
  readonly stored: Record<string, string> = {};
  readonly values: Record<string, string> = {};
  private posted: Record<string, string> = {};
  initialised = false;
  refusing = false;
  /** Answer "true" to a commit, yet lose it. */
  lying = false;
  unsupported: string[] = [];
  private error = "0";

  constructor(
    readonly standard: Standard,
    values: Record<string, string> = {},
  ) {
    Object.assign(this.values, values);
    Object.assign(this.stored, values);
    this.posted = { ...values };
  }

  api(): Api {
    const four = this.standard === "scorm2004";
    const api: Api = {
      [four ? "Initialize" : "LMSInitialize"]: () => this.initialise(),
      [four ? "GetValue" : "LMSGetValue"]: (element) => this.get(String(element)),
      [four ? "SetValue" : "LMSSetValue"]: (element, value) => this.set(String(element), String(value)),
      [four ? "Commit" : "LMSCommit"]: () => this.commit(),
      [four ? "Terminate" : "LMSFinish"]: () => this.finish(),
      [four ? "GetLastError" : "LMSGetLastError"]: () => this.error,
      [four ? "GetErrorString" : "LMSGetErrorString"]: (code) => (code === "0" ? "" : `error ${code}`),
      [four ? "GetDiagnostic" : "LMSGetDiagnostic"]: () => "",
    };
    return api;
  }

  private initialise(): string {
    this.calls.push(["initialise"]);
    if (this.initialised) return this.no(this.standard === "scorm12" ? "101" : "103");
    this.initialised = true;
    return this.yes();
  }

  private get(element: string): string {
    this.error = "0";
    return this.values[element] ?? "";
  }

  private set(element: string, value: string): string {
    this.calls.push(["set", element, value]);
    if (!this.initialised) return this.no("132");
    if (this.unsupported.includes(element)) return this.no("401");
    this.values[element] = value;
    return this.yes();
  }

  /** Only what differs from the value posted last is posted, even when that post failed: as Moodle does. */
  private commit(): string {
    this.calls.push(["commit"]);
    if (!this.initialised) return this.no("142");
    const changes: Record<string, string> = {};
    for (const element in this.values) {
      const value = this.values[element] as string;
      if (value !== this.posted[element]) changes[element] = value;
    }
    this.posted = { ...this.values };
    if (this.refusing && Object.keys(changes).length) return this.no("391");
    if (!this.lying) Object.assign(this.stored, changes);
    return this.yes();
  }

  private finish(): string {
    this.calls.push(["finish"]);
    if (!this.initialised) return this.no("112");
    Object.assign(this.stored, this.values);
    this.initialised = false;
    return this.yes();
  }

  private yes(): string {
    this.error = "0";
    return "true";
  }

  private no(code: string): string {
    this.error = code;
    return "false";
  }
}
