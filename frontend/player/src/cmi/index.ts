/** The face of the run-time data model: the player imports nothing else of this folder. */

import { createApi12 } from "./api12";
import { createApi2004 } from "./api2004";
import type { Delivery, Hooks, ScormApi, Standard } from "./delivery";

export type {
  CallEntry,
  Delivery,
  HiddenControl,
  Hooks,
  ResourceLink,
  ScormApi,
  SessionState,
  Standard,
  TocEntry,
  ValidRequests,
} from "./delivery";

/** Make the API object for one delivery. */
export function createApi(standard: Standard, delivery: Delivery, hooks: Hooks): ScormApi {
  return standard === "scorm12" ? createApi12(delivery, hooks) : createApi2004(delivery, hooks);
}
