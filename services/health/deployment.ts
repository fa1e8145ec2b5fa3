import { type AlertSettings, problemSentence } from "../../utils/alertSettings.ts";
import { type UnknownSetting, unknownSentence } from "../../utils/unknownSettings.ts";
import type { CronFacts, DeploymentFacts, SecretFacts } from "./facts.ts";
import { fail, type Line, ok, warn } from "./finding.ts";

const SET_SECRET =
  "Set DATOCMS_BACKUPS_SHARED_SECRET (on Vercel: CRON_SECRET) to a random secret of at least 16 characters, redeploy, and enter the same secret in the plugin.";

/** Whether only holders of a secret can start backups. */
export function secretLine(secret: SecretFacts): Line {
  if (secret.kind === "open")
    return warn(
      "SECRET_MISSING",
      "No secret is set: whoever knows the address can have backups made, and stop their schedule.",
      SET_SECRET,
    );
  if (secret.kind === "misconfigured")
    return fail(
      "MISSING_SHARED_SECRET_CONFIG",
      `${secret.variable} ${secret.why}, so every call is refused.`,
      SET_SECRET,
    );
  if (secret.short.length > 0)
    return warn("SECRET_SHORT", `${secret.short.join(" and ")} is shorter than 16 characters.`, SET_SECRET);
  return ok("SECRET_SET", "A secret is set.");
}

/** Whether the host's cron gets in. */
export function cronLine(cron: CronFacts): Line {
  if (cron.kind === "ready") return ok("CRON_READY", "The host's cron can start backups.");
  if (cron.kind === "off") return warn("CRON_OFF", cron.sentence, cron.advice);
  return fail(cron.code, cron.sentence);
}

/** Who is told, and which of the settings for it cannot be used. */
export function alertLines({ channels, heartbeats, onFailure, problems }: AlertSettings): Line[] {
  const told = [
    ...channels.map(({ channel }) => channel),
    ...Object.keys(heartbeats).map((cadence) => `heartbeat-${cadence}`),
  ];
  const wrong = problems.map((problem) =>
    warn("ALERTS_INVALID", problemSentence(problem), "Correct it and redeploy."),
  );
  if (told.length > 0 && !onFailure && Object.keys(heartbeats).length === 0)
    return [
      warn(
        "ALERTS_OFF",
        "Failures are not told: nobody will learn of one.",
        "Remove ALERT_ON_FAILURE, or set it to on, and redeploy.",
      ),
      ...wrong,
    ];
  if (told.length > 0) return [ok("ALERTS_READY", `Told by: ${told.join(", ")}.`), ...wrong];
  if (wrong.length > 0) return wrong;
  return [
    warn(
      "ALERTS_OFF",
      "No alerts are set up: nobody will learn of a failure.",
      "Set ALERT_SLACK_WEBHOOK_URL, or another of the ALERT_ and HEARTBEAT_ variables that the README lists.",
    ),
  ];
}

/** A variable that was meant to be a setting. */
export function unknownLine(unknown: UnknownSetting): Line {
  return warn("UNKNOWN_SETTING", unknownSentence(unknown), "Rename or remove it, then redeploy.");
}

const OFTEN = {
  hourly: "the cron comes every hour",
  daily: "the cron comes once a day",
  none: "the cron is off",
} as const;

/** What is deployed where. */
export function versionLine(version: string, { host, cronFrequency }: DeploymentFacts): Line {
  const where = host === "unknown" ? "a server of your own" : host;
  return ok("VERSION", `This is version ${version}, on ${where}, where ${OFTEN[cronFrequency]}.`);
}
