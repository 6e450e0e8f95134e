/**
 * What the LMS holds, what it should hold, and the writes in between. All calls are synchronous, so that they
 * can be made while a page goes away. When to write, and telling the server about it, is the session's.
 *
 * An LMS's "true" is no receipt: some answer "true" to a save they never make. What it really holds is read at the
 * next launch and compared. And a value whose commit failed may never be sent again unless it changes, so a retry
 * first commits different values and then the right ones.
 */
import type { Endpoints, Reached, Standard } from "./config";
import {
  elementsOf,
  GUARDED,
  isLower,
  isOptional,
  isUntouched,
  sessionTime,
  unlike,
  type Values,
  WORDS,
} from "./elements";
import type { Lms, LmsError } from "./lms";
import { type Marker, readMarker, renderMarker } from "./marker";

/** What one attempt to write came to; the server keeps it as the receipt. */
export interface Receipt {
  revision: number;
  ok: boolean;
  error: string;
  diagnostic: string;
  values: Values;
}

/** Errors about the element or its value: the same question would get the same answer. */
const FINAL = /^(2\d\d|35\d|4\d\d)$/;
const NO_ERROR: LmsError = { code: "", text: "", diagnostic: "" };

export class Ledger {
  readonly standard: Standard;
  readonly marker: Marker | null;
  /** What the LMS accepted, commit included. */
  private readonly held: Values = {};
  /** Set, but its commit failed: must be made to differ before it is sent again. */
  private unsure: Values = {};
  /** The LMS said no to exactly this value; asking again would get the same answer. */
  private readonly refused: Values = {};
  private newest: Reached | null = null;
  private reference: Values = {};
  private readonly changed: Record<string, true> = {};
  private registration = "";
  private endpoints: Endpoints | null = null;
  /** The newest revision the LMS has taken, -1 when it took none yet. */
  taken = -1;

  constructor(
    private readonly lms: Lms,
    /** In review and browse mode an LMS may store what is written: there nothing is. */
    readonly silent: boolean,
  ) {
    this.standard = lms.standard;
    const words = WORDS[this.standard];
    for (const element of [...GUARDED[this.standard], words.suspendData])
      this.held[element] = lms.get(element);
    this.marker = readMarker(this.held[words.suspendData] || "");
  }

  /** The LMS's own idea of the result, for the server. */
  report(): Values {
    const values: Values = {};
    for (const element of GUARDED[this.standard]) values[element] = this.held[element] || "";
    return values;
  }

  /** Leave no moment in which finishing would be recorded as "completed". */
  begin(): Receipt | null {
    const words = WORDS[this.standard];
    const values: Values = { [words.exit]: "suspend" };
    if (isUntouched(this.held[words.status] || "")) values[words.status] = "incomplete";
    return this.silent ? null : this.write(values, -1);
  }

  /** Learn which registration this is and what it had reached when the launch began. */
  adopt(registration: string, start: Reached, endpoints: Endpoints | null): void {
    this.registration = registration;
    this.endpoints = endpoints;
    const known = this.marker;
    const sameLine = known !== null && known.r === registration && known.v <= start.revision;
    this.reference = sameLine ? known.w : elementsOf(this.standard, start.summary);
    this.hold(start);
  }

  /** Take note of a newer state; an older one is ignored. */
  hold(reached: Reached): void {
    if (this.newest && reached.revision < this.newest.revision) return;
    this.newest = reached;
    const wanted = elementsOf(this.standard, reached.summary);
    for (const element of GUARDED[this.standard]) {
      if (wanted[element] !== undefined && wanted[element] !== this.reference[element]) {
        this.changed[element] = true;
      }
    }
  }

  /** Tell whether the LMS still lacks something we know. */
  get pending(): boolean {
    return !this.silent && this.newest !== null && (this.taken < this.newest.revision || hasAny(this.unsure));
  }

  /** Bring the LMS up to the newest state; null when there is nothing to write. */
  save(elapsedSeconds: number | null = null): Receipt | null {
    const lacking = this.lacking(elapsedSeconds);
    if (!lacking) return null;
    if (hasAny(lacking.values)) return this.write(lacking.values, lacking.revision);
    this.taken = lacking.revision;
    return null;
  }

  /** Say what was read in the LMS at the start: its own proof that it holds a revision, stronger than any "true". */
  readBack(): Receipt | null {
    if (this.silent || this.pending || !this.newest) return null;
    const { revision } = this.newest;
    return { revision, ok: true, error: "", diagnostic: "read back", values: this.report() };
  }

  /**
   * Write what the LMS lacks and close its session in one go: a page that goes away gets one request through, and two
   * at once could arrive in the wrong order. Finishing commits, too. When the LMS has everything else, refusing the
   * time alone refuses no result and is not worth a receipt.
   */
  leave(elapsedSeconds: number): Receipt | null {
    const lacking = this.lacking(elapsedSeconds);
    if (lacking) {
      const answer = this.write(lacking.values, lacking.revision, () => this.lms.finish());
      return answer.ok || !this.isOnlyTime(lacking.values) ? answer : null;
    }
    this.lms.finish();
    return null;
  }

  private isOnlyTime(values: Values): boolean {
    for (const element in values) if (element !== WORDS[this.standard].sessionTime) return false;
    return true;
  }

  private lacking(elapsedSeconds: number | null): { values: Values; revision: number } | null {
    if (this.silent || !this.newest) return null;
    const { revision, summary } = this.newest;
    const wanted = this.guarded(elementsOf(this.standard, summary));
    wanted[WORDS[this.standard].suspendData] = this.note(revision, wanted);
    if (elapsedSeconds !== null) {
      wanted[WORDS[this.standard].sessionTime] = sessionTime(this.standard, elapsedSeconds);
    }
    const values = { ...this.unsure };
    for (const element in wanted) {
      const value = wanted[element] as string;
      const standing = value === this.held[element] && this.unsure[element] === undefined;
      if (!standing && value !== this.refused[element]) values[element] = value;
    }
    return { values, revision };
  }

  private note(revision: number, wanted: Values): string {
    const written: Values = {};
    for (const element of GUARDED[this.standard]) {
      const value = wanted[element];
      if (value !== undefined) written[element] = value;
    }
    const marker: Marker = { cw: 1, r: this.registration, v: revision, w: written };
    if (this.endpoints) marker.e = this.endpoints;
    return renderMarker(marker);
  }

  /** Drop what would lower the LMS's result without the course having changed its mind. */
  private guarded(wanted: Values): Values {
    const kept: Values = {};
    const primary = this.standard === "scorm12" || !wanted["cmi.score.scaled"] ? "raw" : "scaled";
    for (const element in wanted) {
      const score = /^(.*score\.)/.exec(element);
      if (!this.lowers(score ? score[1] + primary : element, wanted))
        kept[element] = wanted[element] as string;
    }
    return kept;
  }

  private lowers(element: string, wanted: Values): boolean {
    const value = wanted[element];
    if (GUARDED[this.standard].indexOf(element) < 0 || value === undefined) return false;
    return !this.changed[element] && isLower(element, value, this.held[element] || "");
  }

  private write(values: Values, revision: number, close: () => boolean = () => this.lms.commit()): Receipt {
    const again = hasAny(this.unsure);
    if (again) {
      for (const element in this.unsure)
        this.lms.set(element, unlike(element, this.unsure[element] as string));
      this.lms.commit();
    }
    const { sent, lost, trouble } = this.setAll(values);
    const committed = close();
    const error = committed ? trouble : this.lms.error;
    if (committed) {
      Object.assign(this.held, sent);
      this.unsure = lost;
      if (!hasAny(lost) && revision > this.taken) this.taken = revision;
    } else {
      Object.assign(this.unsure, sent, lost);
    }
    return receipt(revision, committed && trouble === NO_ERROR, error, sent);
  }

  private setAll(values: Values): { sent: Values; lost: Values; trouble: LmsError } {
    let trouble = NO_ERROR;
    const sent: Values = {};
    const lost: Values = {};
    for (const element in values) {
      const value = values[element] as string;
      if (this.lms.set(element, value)) {
        sent[element] = value;
        continue;
      }
      if (FINAL.test(this.lms.error.code)) {
        this.refused[element] = value;
        delete this.unsure[element];
      } else {
        lost[element] = value;
      }
      if (!isOptional(element)) trouble = this.lms.error;
    }
    return { sent, lost, trouble };
  }
}

function receipt(revision: number, ok: boolean, error: LmsError, values: Values): Receipt {
  const code = ok ? "" : error.code || "no answer";
  return {
    revision,
    ok,
    error: ok ? "" : `${code} ${error.text}`.trim(),
    diagnostic: error.diagnostic,
    values,
  };
}

function hasAny(values: Values): boolean {
  for (const _ in values) return true;
  return false;
}
