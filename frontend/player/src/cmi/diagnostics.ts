/**
 * What GetDiagnostic says of a call that failed: what was wrong, and what would be right.
 * The server's twin is src/courseway/standards/cmi/diagnostics.py; random sessions keep the words alike.
 */

import { type Format, type Model, own, type ResponseShape } from "./tables";

const LONGEST = 250;
const LONGEST_NAME = 120;
const LONGEST_VALUE = 40;
const LONGEST_LIST = 130;

export const NO_NAME = "The name of an element must be given as the first argument.";

/** The first characters of a text, as code points. */
function beginning(text: string, most: number): string {
  return Array.from(text.slice(0, 2 * most))
    .slice(0, most)
    .join("");
}

export function diagnosticOf(detail: string): string {
  return beginning(detail, LONGEST);
}

/** The beginning of what content passed, enough to recognise it. */
function shown(text: string, most = LONGEST_NAME): string {
  const start = beginning(text, most);
  return start.length < text.length ? `${start}…` : text;
}

const quoted = (value: string): string => `"${shown(value, LONGEST_VALUE)}"`;

export const badArgument = (argument: string): string =>
  `The argument must be an empty string, not ${quoted(argument)}.`;

function members(model: Model, generic: string): string {
  const list = own(model.children, generic.endsWith(".n") ? generic.slice(0, -".n".length) : generic) ?? "";
  return list.length < LONGEST_LIST ? list.split(",").join(", ") : "";
}

/** A name is none of an element; what there is nearby. */
export function notAnElement(model: Model, name: string, generic: string, isGroup: boolean): string {
  if (model.targets.includes(name)) {
    return `${name} needs a target: ${name}.{target=identifier}.`;
  }
  if (isGroup) {
    const held = members(model, generic);
    return `${shown(name)} is a group, not an element.${held && ` It holds ${held}.`}`;
  }
  const words = `${shown(name)} is not an element of ${model.title}.`;
  if (`.${name}.`.includes(".n.")) {
    return `${words} An index is a number.`;
  }
  const parts = generic.split(".");
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const held = members(model, parts.slice(0, length).join("."));
    if (held) {
      return `${words} ${shown(name.split(".").slice(0, length).join("."))} holds ${held}.`;
    }
  }
  return words;
}

const WHERE: Record<string, string> = {
  _children: "Only groups and lists have _children",
  _count: "Only lists have a _count",
  _version: "Only cmi has a _version",
};

export const noKeyword = (name: string, keyword: string): string =>
  `${WHERE[keyword]}, not ${shown(name.slice(0, -keyword.length - 1))}.`;

export const badIndex = (name: string): string =>
  `${shown(name)}: an index is a whole number without leading zeros, below a thousand million.`;

export const noEntry = (name: string, collection: string, count: number): string =>
  `${shown(name)}: ${shown(collection)} has ${count} entries, counted from 0.`;

export function skipped(name: string, collection: string, count: number, most: number): string {
  const words = noEntry(name, collection, count);
  if (most === 0) {
    return `${words} Content cannot add one.`;
  }
  return count >= most
    ? `${words} It can hold no more than ${most}.`
    : `${words} The next to be set is ${count}.`;
}

export function badValue(name: string, form: Format, value: string): string {
  const means = form.means ?? `one of: ${form.words?.map((word) => word || '""').join(" | ")}`;
  return `${shown(name)} takes ${means}, not ${quoted(value)}.`;
}

export const badResponse = (name: string, shape: ResponseShape, kind: string, value: string): string =>
  `${shown(name)} takes ${shape.means} for the type ${kind}, not ${quoted(value)}.`;

export const tooManyPatterns = (name: string, kind: string, most: number): string =>
  `${shown(name)}: an interaction of type ${kind} has at most ${most} pattern.`;

export const noRoom = (name: string, most: number): string =>
  `${shown(name)}: an activity's values may come to ${most} characters in all; set shorter ones.`;

export const cutShort = (name: string, limit: number): string =>
  `${shown(name)} was kept up to its first ${limit} characters.`;
