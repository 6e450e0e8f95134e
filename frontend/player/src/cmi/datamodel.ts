/**
 * One activity's values under one standard's rules: what reading and setting an element does.
 * The server's twin is src/courseway/standards/cmi/model.py; it checks every commit again with the same tables.
 */

import { checkResponse, checkValue } from "./checks";
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

function findPlace(model: Model, name: string): Place {
  const target = TARGET.exec(name);
  if (target?.[1] && model.targets.includes(target[1])) {
    return { name, generic: target[1], entries: [], element: own(model.elements, target[1]), keyword: "" };
  }
  const parts = name.split(".");
  if (parts.includes("n") || model.targets.includes(name)) {
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

  constructor(
    readonly model: Model,
    values: Record<string, string>,
  ) {
    this.values = new Map(Object.entries(values));
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
      return no("get_failed", "GetValue needs the name of an element.");
    }
    const place = findPlace(this.model, name);
    if (place.keyword) {
      return this.readKeyword(place);
    }
    if (!place.element) {
      return no(this.unknown(place), `${name} is not an element that can be read.`);
    }
    if (place.element[1] === "w") {
      return no("write_only", `${name} can be set, not read.`);
    }
    if (!this.allExist(place)) {
      return no("get_failed", `${name}: there is no such entry.`);
    }
    if (!this.grants(place).includes("r")) {
      return no("write_only", `${name}: this activity may write this store, not read it.`);
    }
    const value = this.value(place, place.element);
    if (value === null || (value === "" && place.element[3]?.emptyUnset)) {
      return no("unset", `${name} has no value yet.`);
    }
    return done(value);
  }

  write(name: string, value: string): Answer {
    if (name === "") {
      return no("set_failed", "SetValue needs the name of an element.");
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
    const answer =
      this.refuseEntry(place) ??
      this.refuseDependency(place, rules) ??
      this.judge(place, element[0], rules, value);
    if (answer.fault === "none") {
      place.entries.forEach((entry) => {
        this.raiseCount(entry);
      });
      this.values.set(name, answer.value);
    }
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
    if (place.keyword === "_version") {
      return place.name === "cmi._version"
        ? done(this.model.version)
        : no("no_version", "Only cmi has a version.");
    }
    const children = own(this.model.children, place.generic);
    const known =
      place.keyword === "_children"
        ? children !== undefined
        : own(this.model.collections, place.generic) !== undefined;
    if (!known) {
      return no(this.wrongKeyword(place), `${place.name}: there is no such keyword here.`);
    }
    if (!this.allExist(place)) {
      return no("get_failed", `${place.name}: there is no such entry.`);
    }
    if (place.keyword === "_children") {
      return done(children ?? "");
    }
    return done(String(this.count(place.name.slice(0, -"._count".length))));
  }

  private wrongKeyword(place: Place): Fault {
    if (!this.isKnown(place.generic)) {
      return "undefined";
    }
    return place.keyword === "_children" ? "no_children" : "no_count";
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

  private allExist(place: Place): boolean {
    return place.entries.every(
      (entry) => entry.number !== null && entry.number < this.count(entry.collection),
    );
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
    if (place.keyword === "_version" && place.name === "cmi._version") {
      return no("keyword", "cmi._version can be read only.");
    }
    const { children, collections } = this.model;
    if (
      (place.keyword === "_children" && has(children, place.generic)) ||
      (place.keyword === "_count" && has(collections, place.generic))
    ) {
      return no("keyword", `${place.name} can be read only.`);
    }
    return no(this.unknown(place), `${place.name} is not an element that can be set.`);
  }

  private refuseEntry(place: Place): Answer | null {
    for (const entry of place.entries) {
      const count = this.count(entry.collection);
      const last = own(this.model.collections, entry.kind) ? count : count - 1;
      if (entry.number === null) {
        return no("set_failed", `${place.name}: an index is a number without leading zeros.`);
      }
      if (entry.number > last) {
        return no(
          "set_failed",
          `${place.name}: ${entry.collection} has ${count} entries; none may be skipped.`,
        );
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
      return no("set_failed", `${place.name}: this type of interaction has at most ${most} pattern.`);
    }
    return null;
  }

  private shape(place: Place, role: string): ResponseShape {
    const kind = this.values.get(at(place, this.model.typeElement)) ?? "";
    return own(this.model.responses[role] ?? {}, kind) ?? { item: "[\\s\\S]*" };
  }

  private judge(place: Place, format: string, rules: ElementRules, value: string): Answer {
    const form = this.model.formats[format] ?? {};
    const [fault, kept] = checkValue(form, value);
    if (fault !== "none") {
      const takes = form.means ?? `one of: ${form.words?.map((word) => word || '""').join(" | ")}`;
      return no(fault, `${place.name} takes ${takes}.`);
    }
    const shape = rules.response ? this.shape(place, rules.response) : null;
    if (shape && !checkResponse(shape, value)) {
      return no("type", `${place.name} takes ${shape.means} for this type.`);
    }
    if (rules.once && (this.values.get(place.name) ?? kept) !== kept) {
      return no("set_failed", `${place.name} has been set and cannot change.`);
    }
    if ((rules.unique || shape?.unlike) && this.isTaken(place, kept)) {
      return no("set_failed", `${place.name}: another entry has this value already.`);
    }
    return done(kept);
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
