/** window.API of SCORM 1.2 for one delivery. [RTE 1.2 3.3] */

import type { Delivery, Hooks, ScormApi } from "./delivery";
import { timespanSeconds } from "./durations";
import { Session, text } from "./session";
import { scorm12 } from "./tables";

export function createApi12(delivery: Delivery, hooks: Hooks): ScormApi {
  const sessionTime = (): number | null =>
    timespanSeconds(session.data.values.get("cmi.core.session_time") ?? "");
  const session = new Session(scorm12, delivery.cmi, hooks, sessionTime, false);
  const api = {
    LMSInitialize: (argument?: unknown) => session.initialize("LMSInitialize", text(argument)),
    LMSFinish: (argument?: unknown) => session.terminate("LMSFinish", text(argument)),
    LMSGetValue: (element?: unknown) => session.getValue("LMSGetValue", text(element)),
    LMSSetValue: (element?: unknown, value?: unknown) =>
      session.setValue("LMSSetValue", text(element), text(value)),
    LMSCommit: (argument?: unknown) => session.commit("LMSCommit", text(argument)),
    LMSGetLastError: () => session.lastError(),
    LMSGetErrorString: (code?: unknown) => session.errorString(text(code)),
    LMSGetDiagnostic: (code?: unknown) => session.diagnostic(text(code)),
  };
  return session.facade("API", api);
}
