/** The SCORM API object of one delivery; its rules come with the element tables. */

import type { Delivery, Hooks, ScormApi } from "./delivery";

export function createApi12(_delivery: Delivery, _hooks: Hooks): ScormApi {
  throw new Error("the data model is not built yet");
}
