/**
 * What travels between the player and the run-time API: the delivery of one activity, and the hooks the player gives.
 * The behaviour of the API objects lives in api12.ts and api2004.ts.
 */

export type Standard = "scorm12" | "scorm2004";

/** Which navigation requests would succeed, computed once at delivery. */
export interface ValidRequests {
  continue: boolean;
  previous: boolean;
  exit: boolean;
  exitAll: boolean;
  abandon: boolean;
  abandonAll: boolean;
  suspendAll: boolean;
  choice: Record<string, boolean>;
  jump: Record<string, boolean>;
}

export type HiddenControl =
  | "previous"
  | "continue"
  | "exit"
  | "exitAll"
  | "abandon"
  | "abandonAll"
  | "suspendAll";

export interface TocEntry {
  status: string;
  enabled: boolean;
  visible: boolean;
}

export interface ResourceLink {
  title: string;
  url: string;
}

/** One activity as delivered to the learner's browser. */
export interface Delivery {
  number: number;
  activity: string;
  title: string;
  kind: "sco" | "asset";
  url: string;
  /** Flat initial values, read-only elements too. */
  cmi: Record<string, string>;
  valid: ValidRequests;
  hide: HiddenControl[];
  toc: Record<string, TocEntry>;
  toc_visible: boolean;
  /** What is left of the time allowed for the attempt. */
  time_limit_seconds: number | null;
  time_limit_action: string;
  /** What is offered beside the activity. */
  resources: ResourceLink[];
}

/** [milliseconds since delivery, method, element, value, result, error code]. */
export type CallEntry = [number, string, string, string, string, string];

/** What the API tells the player; every hook returns at once and never throws into the content. */
export interface Hooks {
  onSet(element: string, value: string): void;
  onCommit(): void;
  /** The content ended its session; `navRequest` is the raw adl.nav.request (2004), or null when it asked for nothing. */
  onTerminate(navRequest: string | null): void;
  onCall(entry: CallEntry): void;
  /** Milliseconds; only differences count. */
  now(): number;
}

export type SessionState = "not initialized" | "running" | "terminated";

/** The API object of one delivery, with what the player needs to send its changes. */
export interface ScormApi {
  /** Put this on `window[name]`. */
  readonly api: object;
  readonly name: "API" | "API_1484_11";
  state(): SessionState;
  /** Elements set since the last take, in the order set; values as stored. */
  changes(): Record<string, string>;
  takeChanges(): Record<string, string>;
  /** The session time the content reported, in seconds; null when it reported none. */
  sessionTimeSeconds(): number | null;
  /** The player ends the session because the content did not; no hook but onTerminate is called, and only when running. */
  terminateFromOutside(): void;
}
