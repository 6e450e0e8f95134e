/**
 * Judging one value against a format, or a response against the structure of its interaction type.
 * The server's twin is src/courseway/standards/cmi/checks.py; shared cases keep the two alike.
 */

import { type Fault, type Format, languages, type ResponseShape } from "./tables";

const LANGUAGE_TAG = /^([A-Za-z]{2,3}|[iIxX](?=-))(?:-[A-Za-z0-9]{1,8})*$/;
const LOCALIZED = /^\{lang=([^}]*)\}/;

const compiled = new Map<string, RegExp>();

export function matches(pattern: string, value: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    expression = new RegExp(`^(?:${pattern})$`);
    compiled.set(pattern, expression);
  }
  return expression.test(value);
}

export function isLanguage(tag: string): boolean {
  const code = LANGUAGE_TAG.exec(tag)?.[1]?.toLowerCase();
  return code !== undefined && (code === "i" || code === "x" || languages.has(code));
}

/** Where the text of a localized string starts; null when it opens with a bad language. */
export function textStart(value: string): number | null {
  if (!value.startsWith("{lang=")) {
    return 0;
  }
  const found = LOCALIZED.exec(value);
  return found && isLanguage(found[1] ?? "") ? found[0].length : null;
}

/** Characters are code points, as on the server. */
function cutAt(value: string, start: number, limit: number): string | null {
  if (value.length - start <= limit) {
    return null;
  }
  const characters = Array.from(value.slice(start));
  return characters.length > limit ? value.slice(0, start) + characters.slice(0, limit).join("") : null;
}

/** The verdict on a value, and the value as it is kept. */
export function checkValue(form: Format, value: string): [Fault, string] {
  if (form.words?.includes(value)) {
    return ["none", value];
  }
  if (!isWellFormed(form, value)) {
    return ["type", value];
  }
  if (
    (form.low !== undefined && Number(value) < form.low) ||
    (form.high !== undefined && Number(value) > form.high)
  ) {
    return ["range", value];
  }
  const start = form.localized ? textStart(value) : 0;
  if (start === null) {
    return ["type", value];
  }
  const cut = form.limit ? cutAt(value, start, form.limit) : null;
  if (cut !== null) {
    return form.cut ? ["none", cut] : ["type", value];
  }
  return ["none", value];
}

function isWellFormed(form: Format, value: string): boolean {
  if (form.language) {
    return isLanguage(value);
  }
  if (form.pattern) {
    return matches(form.pattern, value);
  }
  return !form.words;
}

export function checkResponse(shape: ResponseShape, value: string): boolean {
  if (value === "" && shape.blank) {
    return true;
  }
  const body = withoutMarks(shape.marks ?? [], value);
  if (body === null) {
    return false;
  }
  const items = shape.between ? body.split(shape.between) : [body];
  if (shape.distinct && new Set(items).size < items.length) {
    return false;
  }
  return items.every((item) => isGoodItem(shape, item));
}

function withoutMarks(marks: string[], value: string): string | null {
  const left = [...marks];
  let body = value;
  for (;;) {
    const mark = left.find((name) => body.startsWith(`{${name}=`));
    if (mark === undefined) {
      break;
    }
    const end = body.indexOf("}");
    const said = body.slice(mark.length + 2, end);
    if (end < 0 || (said !== "true" && said !== "false")) {
      return null;
    }
    left.splice(left.indexOf(mark), 1);
    body = body.slice(end + 1);
  }
  return marks.some((name) => body.startsWith(`{${name}=`)) ? null : body;
}

function isGoodItem(shape: ResponseShape, item: string): boolean {
  const pattern = shape.item ?? "";
  if (shape.localized) {
    const start = textStart(item);
    return start !== null && matches(pattern, item.slice(start));
  }
  if (!shape.within) {
    return matches(pattern, item);
  }
  const parts = item.split(shape.within);
  const [first, second] = parts;
  if (parts.length !== 2 || first === undefined || second === undefined || (first === "" && second === "")) {
    return false;
  }
  if (!matches(pattern, first) || !matches(shape.second ?? "", second)) {
    return false;
  }
  return !(shape.ascending && first && second && Number(first) > Number(second));
}
