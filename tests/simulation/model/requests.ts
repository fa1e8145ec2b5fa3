import type { Cadence } from "./ours.ts";
import type { Asked } from "./script.ts";
import { mostly } from "./setting.ts";

/** Everything that somebody may ask of the service. */
export const job = (cadence: "daily" | "weekly", force: boolean): Asked => ({
  method: "POST",
  path: `/api/jobs/${cadence}-backup${force ? "?force=true" : ""}`,
  scheduled: false,
  fresh: true,
  forced: force,
  cadences: [cadence],
});
export const now = (scope: Cadence, forced: boolean): Asked => ({
  method: "POST",
  path: "/api/datocms/backup-now",
  body: { scope, force: forced },
  scheduled: false,
  fresh: true,
  forced,
  cadences: [scope],
});
export const BY_DATE: Asked = {
  method: "POST",
  path: "/api/jobs/scheduled-backups",
  scheduled: true,
  fresh: false,
  forced: false,
  cadences: ["daily", "weekly", "biweekly", "monthly"],
};
export const initialize: Asked = {
  method: "POST",
  path: "/api/jobs/initialize",
  scheduled: false,
  fresh: false,
  forced: false,
  cadences: ["daily", "weekly"],
};
export const bySlot = (cadence: "daily" | "weekly"): Asked => ({
  method: "GET",
  path: `/api/jobs/${cadence}-backup`,
  scheduled: true,
  fresh: false,
  forced: false,
  cadences: cadence === "daily" ? ["daily"] : ["weekly", "biweekly", "monthly"],
});

export const MANUAL = job("daily", false);
export const FORCED = job("daily", true);

export const asked = mostly<Asked>(
  3,
  MANUAL,
  FORCED,
  FORCED,
  BY_DATE,
  BY_DATE,
  BY_DATE,
  initialize,
  initialize,
  job("weekly", false),
  job("weekly", true),
  now("monthly", false),
  now("biweekly", true),
  bySlot("daily"),
  bySlot("weekly"),
);
