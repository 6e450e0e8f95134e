/**
 * The element tables as the server keeps them (src/courseway/standards/cmi), read from the generated JSON.
 * Nothing about a single element is written here.
 */

import generated from "../generated/cmi.json";

export interface Format {
  words?: string[];
  pattern?: string;
  low?: number;
  high?: number;
  limit?: number;
  cut?: boolean;
  localized?: boolean;
  language?: boolean;
  means?: string;
}

export interface ResponseShape {
  item?: string;
  between?: string;
  within?: string;
  second?: string;
  marks?: string[];
  localized?: boolean;
  distinct?: boolean;
  ascending?: boolean;
  blank?: boolean;
  most?: number;
  unlike?: boolean;
  means?: string;
}

export interface ElementRules {
  needs?: string[];
  once?: boolean;
  unique?: boolean;
  response?: string;
  /** [threshold, measure, word when met, word when not] */
  derived?: [string, string, string, string];
  emptyUnset?: boolean;
  granted?: string;
  /** A further value goes behind what is there. */
  appends?: boolean;
}

/** [format, access, value read while nothing was set, further rules] */
export type ElementRow = [string, "r" | "w" | "rw", string | null, ElementRules?];

export type Fault =
  | "none"
  | "general"
  | "argument"
  | "already_initialized"
  | "initialize_after"
  | "terminate_before"
  | "terminate_after"
  | "get_before"
  | "get_after"
  | "set_before"
  | "set_after"
  | "commit_before"
  | "commit_after"
  | "get_failed"
  | "set_failed"
  | "no_children"
  | "no_count"
  | "no_version"
  | "keyword"
  | "no_keyword"
  | "group"
  | "undefined"
  | "unset"
  | "read_only"
  | "write_only"
  | "type"
  | "range"
  | "dependency"
  | "full";

export interface Model {
  title: string;
  version: string;
  codes: Record<Fault, string>;
  texts: Record<string, [string, string]>;
  formats: Record<string, Format>;
  elements: Record<string, ElementRow>;
  children: Record<string, string>;
  /** Name of the list -> how many entries content may bring it to; 0: none of its own. */
  collections: Record<string, number>;
  unsetIsBlank: boolean;
  /** How much an activity's names and values may come to together. */
  mostCharacters: number;
  responses: Record<string, Record<string, ResponseShape>>;
  typeElement: string;
  targets: string[];
}

interface Tables {
  languages: string;
  scorm12: Model;
  scorm2004: Model;
}

const tables = generated as unknown as Tables;

export const scorm12: Model = tables.scorm12;
export const scorm2004: Model = tables.scorm2004;
export const languages: ReadonlySet<string> = new Set(tables.languages.split(" "));

/** Tell whether a table has an entry of its own; names come from content and may be "constructor". */
export function has<T>(table: Record<string, T>, name: string): boolean {
  return Object.hasOwn(table, name);
}

/** Look a name up among a table's own entries. */
export function own<T>(table: Record<string, T>, name: string): T | undefined {
  return has(table, name) ? table[name] : undefined;
}
