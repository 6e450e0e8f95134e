/** window.API_1484_11 of SCORM 2004 for one delivery. [RTE 3.1] */

import type { Delivery, Hooks, ScormApi, ValidRequests } from "./delivery";
import { durationSeconds } from "./durations";
import { Session, text } from "./session";
import { scorm2004 } from "./tables";

/** What the server worked out at delivery reads as adl.nav.request_valid.*. */
function requestValues(valid: ValidRequests): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [kind, answer] of Object.entries(valid)) {
    if (typeof answer === "boolean") {
      values[`adl.nav.request_valid.${kind}`] = String(answer);
    } else {
      for (const [activity, allowed] of Object.entries(answer)) {
        values[`adl.nav.request_valid.${kind}.{target=${activity}}`] = String(allowed);
      }
    }
  }
  return values;
}

export function createApi2004(delivery: Delivery, hooks: Hooks): ScormApi {
  const sessionTime = (): number | null => durationSeconds(session.data.values.get("cmi.session_time") ?? "");
  const values = { ...requestValues(delivery.valid), ...delivery.cmi };
  const session = new Session(scorm2004, values, hooks, sessionTime, true);
  const api = {
    version: "1.0",
    Initialize: (argument?: unknown) => session.initialize("Initialize", text(argument)),
    Terminate: (argument?: unknown) => session.terminate("Terminate", text(argument)),
    GetValue: (element?: unknown) => session.getValue("GetValue", text(element)),
    SetValue: (element?: unknown, value?: unknown) =>
      session.setValue("SetValue", text(element), text(value)),
    Commit: (argument?: unknown) => session.commit("Commit", text(argument)),
    GetLastError: () => session.lastError(),
    GetErrorString: (code?: unknown) => session.errorString(text(code)),
    GetDiagnostic: (code?: unknown) => session.diagnostic(text(code)),
  };
  return session.facade("API_1484_11", api);
}
