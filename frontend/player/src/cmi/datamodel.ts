/**
 * One activity's values under one standard's rules: what reading and setting an element does.
 * The server's twin is src/courseway/standards/cmi/model.py; it checks every commit again with the same tables.
 */

import { checkResponse, checkValue } from "./checks";
import * as say from "./diagnostics";
import {
  type ElementRow,
  type ElementRules,
  type Fault,
  has,
  type Model,
  own,
  type ResponseShape,
} from "./tables";

const KEYWORDS = ["_children", "_count", "_version"];
const INDEX = /^[0-9]+$/;
const CANONICAL_INDEX = /^(?:0|[1-9][0-9]{0,8})$/;
const TARGET = /^([A-Za-z_.]+)\.\{target=([^}]*)\}$/;

interface Entry {
  collection: string;
  kind: string;
  number: number | null;
}

interface Place {
  name: string;
  generic: string;
  entries: Entry[];
  element: ElementRow | undefined;
  keyword: string;
}

export interface Answer {
  value: string;
  fault: Fault;
  detail: string;
}

const done = (value: string): Answer => ({ value, fault: "none", detail: "" });
const no = (fault: Fault, detail: string): Answer => ({ value: "", fault, detail });

/** No element has so many parts; a name that has more is not taken apart. */
const DEEPEST = 12;

function findPlace(model: Model, name: string): Place {
  const target = TARGET.exec(name);
  if (target?.[1] && model.targets.includes(target[1])) {
    return { name, generic: target[1], entries: [], element: own(model.elements, target[1]), keyword: "" };
  }
  const parts = name.split(".", DEEPEST + 1);
  if (parts.length > DEEPEST || parts.includes("n") || model.targets.includes(name)) {
    return { name, generic: "", entries: [], element: undefined, keyword: "" };
  }
  const entries: Entry[] = [];
  const generics: string[] = [];
  parts.forEach((part, position) => {
    const isIndex = INDEX.test(part);
    if (isIndex) {
      const number = CANONICAL_INDEX.test(part) ? Number(part) : null;
      entries.push({ collection: parts.slice(0, position).join("."), kind: generics.join("."), number });
    }
    generics.push(isIndex ? "n" : part);
  });
  const last = parts[parts.length - 1] ?? "";
  const keyword = KEYWORDS.includes(last) ? last : "";
  const generic = (keyword ? generics.slice(0, -1) : generics).join(".");
  return { name, generic, entries, element: keyword ? undefined : own(model.elements, generic), keyword };
}

export class DataModel {
  readonly values: Map<string, string>;
  private size: number;

  constructor(
    readonly model: Model,
    values: Record<string, string>,
  ) {
    this.values = new Map(Object.entries(values));
    this.size = 0;
    for (const [name, value] of this.values) {
      this.size += name.length + value.length;
    }
    for (const name of [...this.values.keys()]) {
      for (const entry of findPlace(model, name).entries) {
        if (entry.number !== null && own(model.collections, entry.kind) !== undefined) {
          this.raiseCount(entry);
        }
      }
    }
  }

  read(name: string): Answer {
    if (name === "") {
      return no("get_failed", say.NO_NAME);
    }
    const place = findPlace(this.model, name);
    if (place.keyword) {
      return this.readKeyword(place);
    }
    if (!place.element) {
      return no(this.unknown(place), this.sayUnknown(place));
    }
    if (place.element[1] === "w") {
      return no("write_only", `${name} can be set, not read.`);
    }
    const missing = this.sayMissing(place);
    if (missing) {
      return no("get_failed", missing);
    }
    if (!this.grants(place).includes("r")) {
      return no("write_only", `${name}: this activity may write this store, not read it.`);
    }
    const value = this.value(place, place.element);
    if (value === null || (value === "" && place.element[3]?.emptyUnset)) {
      return no("unset", `${name} has no value yet: neither the course nor the content has set one.`);
    }
    return done(value);
  }

  write(name: string, value: string): Answer {
    if (name === "") {
      return no("set_failed", say.NO_NAME);
    }
    const place = findPlace(this.model, name);
    const { element } = place;
    if (place.keyword || !element) {
      return this.refuseName(place);
    }
    if (element[1] === "r") {
      return no("read_only", `${name} can be read, not set.`);
    }
    const rules = element[3] ?? {};
    const refused = this.refuseEntry(place) ?? this.refuseDependency(place, rules);
    if (refused) {
      return refused;
    }
    if (value.length > this.model.mostCharacters) {
      return no("full", say.noRoom(name, this.model.mostCharacters));
    }
    const before = rules.appends ? (this.values.get(name) ?? "") : "";
    const whole = value.startsWith(before) ? value : before + value;
    const answer = this.judge(place, element[0], rules, whole);
    return answer.fault === "none" ? this.keep(place, answer) : answer;
  }

  /** Puts a judged value in its place, where there is room. */
  private keep(place: Place, answer: Answer): Answer {
    const before = this.values.get(place.name);
    const grown = before === undefined ? place.name.length : -before.length;
    const size = this.size + answer.value.length + grown;
    const room = this.model.mostCharacters;
    if (size > Math.max(room, this.size)) {
      return no("full", say.noRoom(place.name, room));
    }
    this.size = size;
    place.entries.forEach((entry) => {
      this.raiseCount(entry);
    });
    this.values.set(place.name, answer.value);
    return answer;
  }

  private count(collection: string): number {
    const stored = this.values.get(`${collection}._count`) ?? "0";
    return CANONICAL_INDEX.test(stored) ? Number(stored) : 0;
  }

  private raiseCount(entry: Entry): void {
    if (entry.number !== null && entry.number >= this.count(entry.collection)) {
      this.values.set(`${entry.collection}._count`, String(entry.number + 1));
    }
  }

  private value(place: Place, element: ElementRow): string | null {
    const derived = element[3]?.derived;
    if (derived && this.values.has(derived[0])) {
      const measure = this.values.get(derived[1]);
      if (measure === undefined) {
        return "unknown";
      }
      return Number(measure) >= Number(this.values.get(derived[0])) ? derived[2] : derived[3];
    }
    const value = this.values.get(place.name) ?? element[2];
    return value === null && this.model.unsetIsBlank ? "" : value;
  }

  private readKeyword(place: Place): Answer {
    if (!this.isKnown(place.generic)) {
      return no("undefined", this.sayUnknown(place));
    }
    if (!this.hasKeyword(place)) {
      return no(`no${place.keyword}` as Fault, say.noKeyword(place.name, place.keyword));
    }
    const missing = this.sayMissing(place);
    if (missing) {
      return no("get_failed", missing);
    }
    if (place.keyword === "_version") {
      return done(this.model.version);
    }
    if (place.keyword === "_children") {
      return done(own(this.model.children, place.generic) ?? "");
    }
    return done(String(this.count(place.name.slice(0, -"._count".length))));
  }

  private hasKeyword(place: Place): boolean {
    if (place.keyword === "_version") {
      return place.name === "cmi._version";
    }
    return place.keyword === "_children"
      ? has(this.model.children, place.generic)
      : has(this.model.collections, place.generic);
  }

  private unknown(place: Place): Fault {
    return this.isKnown(place.generic) ? "group" : "undefined";
  }

  private isKnown(generic: string): boolean {
    if (generic === "") {
      return false;
    }
    const { elements, children, collections } = this.model;
    if (has(elements, generic) || has(children, generic) || has(collections, generic)) {
      return true;
    }
    return Object.keys(elements).some((name) => name.startsWith(`${generic}.`));
  }

  private sayUnknown(place: Place): string {
    const isGroup = place.keyword === "" && this.isKnown(place.generic);
    return say.notAnElement(this.model, place.name, place.generic, isGroup);
  }

  /** Which entry a name goes through is not there; "" when all are. */
  private sayMissing(place: Place): string {
    for (const entry of place.entries) {
      if (entry.number === null) {
        return say.badIndex(place.name);
      }
      const count = this.count(entry.collection);
      if (entry.number >= count) {
        return say.noEntry(place.name, entry.collection, count);
      }
    }
    return "";
  }

  private grants(place: Place): string {
    const granted = place.element?.[3]?.granted;
    const entry = place.entries[place.entries.length - 1];
    if (!granted || !entry) {
      return "rw";
    }
    return this.values.get(`${entry.collection}.${entry.number}.${granted}`) ?? "rw";
  }

  private refuseName(place: Place): Answer {
    if (place.keyword && this.isKnown(place.generic)) {
      return this.hasKeyword(place)
        ? no("keyword", `${place.name} can be read, not set.`)
        : no("no_keyword", say.noKeyword(place.name, place.keyword));
    }
    return no(this.unknown(place), this.sayUnknown(place));
  }

  private refuseEntry(place: Place): Answer | null {
    for (const entry of place.entries) {
      const count = this.count(entry.collection);
      const most = own(this.model.collections, entry.kind) ?? 0;
      if (entry.number === null) {
        return no("set_failed", say.badIndex(place.name));
      }
      if (entry.number > count || (entry.number === count && count >= most)) {
        const fault = entry.number === count && most ? "full" : "set_failed";
        return no(fault, say.skipped(place.name, entry.collection, count, most));
      }
    }
    if (!this.grants(place).includes("w")) {
      return no("read_only", `${place.name}: this activity may read this store, not write it.`);
    }
    return null;
  }

  private refuseDependency(place: Place, rules: ElementRules): Answer | null {
    for (const need of rules.needs ?? []) {
      const needed = at(place, need);
      if (!this.values.has(needed)) {
        return no("dependency", `${place.name}: ${needed} must be set first.`);
      }
    }
    const most = rules.response === "pattern" ? (this.shape(place, "pattern").most ?? 0) : 0;
    if (most && (place.entries[place.entries.length - 1]?.number ?? 0) >= most) {
      return no("set_failed", say.tooManyPatterns(place.name, this.kind(place), most));
    }
    return null;
  }

  private kind(place: Place): string {
    return this.values.get(at(place, this.model.typeElement)) ?? "";
  }

  private shape(place: Place, role: string): ResponseShape {
    return own(this.model.responses[role] ?? {}, this.kind(place)) ?? { item: "[\\s\\S]*" };
  }

  private judge(place: Place, format: string, rules: ElementRules, value: string): Answer {
    const form = this.model.formats[format] ?? {};
    const [fault, kept] = checkValue(form, value);
    if (fault !== "none") {
      return no(fault, say.badValue(place.name, form, value));
    }
    const shape = rules.response ? this.shape(place, rules.response) : null;
    if (shape && !checkResponse(shape, value)) {
      return no("type", say.badResponse(place.name, shape, this.kind(place), value));
    }
    if (rules.once && (this.values.get(place.name) ?? kept) !== kept) {
      return no("set_failed", `${place.name} has been set and cannot change.`);
    }
    if ((rules.unique || shape?.unlike) && this.isTaken(place, kept)) {
      return no("set_failed", `${place.name}: another entry has this value already.`);
    }
    return kept === value ? done(kept) : { ...done(kept), detail: say.cutShort(place.name, form.limit ?? 0) };
  }

  private isTaken(place: Place, value: string): boolean {
    const entry = place.entries[place.entries.length - 1];
    if (!entry) {
      return false;
    }
    const leaf = place.name.slice(place.name.lastIndexOf(".") + 1);
    for (let number = 0; number < this.count(entry.collection); number += 1) {
      if (number !== entry.number && this.values.get(`${entry.collection}.${number}.${leaf}`) === value) {
        return true;
      }
    }
    return false;
  }
}

/** The same entries' element of another name. */
function at(place: Place, generic: string): string {
  return place.entries.reduce((name, entry) => name.replace(".n.", `.${entry.number}.`), generic);
}
