/** What travels between the player and the server, field by field as on the wire. Nothing here acts. */
import type { CallEntry, Delivery, Standard, TocEntry, ValidRequests } from "./cmi";

export type { CallEntry, Delivery, Standard, TocEntry };

export interface Score {
  scaled: number | null;
  raw: number | null;
  min: number | null;
  max: number | null;
}

export interface Summary {
  completion: "completed" | "incomplete" | "not attempted" | "unknown";
  success: "passed" | "failed" | "unknown";
  score: Score;
  total_time_seconds: number;
  progress: number | null;
  location: string;
}

export interface TreeNode {
  id: string;
  title: string;
  kind: "sco" | "asset" | "cluster";
  visible: boolean;
  children: TreeNode[];
}

export interface PlayerSettings {
  show_toc: boolean;
  show_nav: boolean;
  show_progress_bar: boolean;
  toc_open: boolean;
}

export interface Refused {
  code: string;
  detail: string;
}

export interface Start {
  session: string;
  launch_id: string;
  registration_id: string;
  mode: "normal" | "preview" | "review";
  course: { title: string; standard: Standard; edition: string };
  learner: { id: string; name: string };
  settings: Partial<PlayerSettings>;
  exit_url: string | null;
  tree: TreeNode;
  next_seq: number;
  next_nav: number;
  delivery: Delivery | null;
  ended: boolean;
  refused: Refused | null;
  summary: Summary;
  revision: number;
  /** What may be chosen and asked for, also when nothing is delivered. */
  toc: Record<string, TocEntry>;
  valid: ValidRequests;
}

export interface Commit {
  seq: number;
  delivery: number;
  kind: "commit" | "terminate" | "push";
  set: Record<string, string>;
  session_time_seconds: number | null;
  calls: CallEntry[];
}

export interface CommitAnswer {
  acked: number;
  revision: number;
  summary: Summary;
  toc: Record<string, TocEntry> | null;
  valid?: { continue?: boolean; previous?: boolean };
}

export type NavigationKind =
  | "continue"
  | "previous"
  | "choice"
  | "jump"
  | "exit"
  | "exitAll"
  | "abandon"
  | "abandonAll"
  | "suspendAll";

export interface NavigationRequest {
  kind: NavigationKind;
  target?: string;
  /** Nobody asked: the time allowed for the attempt is over, and with it the attempt. */
  timed_out?: boolean;
}

export interface NavigateAnswer {
  acked: number;
  delivery: Delivery | null;
  ended: boolean;
  refused: Refused | null;
  summary: Summary;
  revision: number;
  exit_url: string | null;
  /** What may be chosen and asked for, also when nothing is delivered. */
  toc: Record<string, TocEntry>;
  valid: ValidRequests;
}

/** The fields of problem+json that the player reads. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  id: string;
  expected: number | null;
}
