import { type AlertSettings, problemSentence } from "../../utils/alertSettings.ts";
import { type Finding, ok, warn } from "../findings/finding.ts";

/** The channels that get alerts, and the settings for them that cannot be used. */
export function alertFindings({ channels, heartbeats, onFailure, problems }: AlertSettings): Finding[] {
  const receivers = [
    ...channels.map(({ channel }) => channel),
    ...Object.keys(heartbeats).map((cadence) => `heartbeat-${cadence}`),
  ];
  const wrong = problems.map((problem) =>
    warn("ALERTS_INVALID", problemSentence(problem), "Correct it and redeploy."),
  );
  if (receivers.length > 0 && !onFailure && Object.keys(heartbeats).length === 0)
    return [
      warn(
        "ALERTS_OFF",
        "Alerts on failures are off: nobody will learn of one.",
        "Remove ALERT_ON_FAILURE, or set it to on, and redeploy.",
      ),
      ...wrong,
    ];
  if (receivers.length > 0) return [ok("ALERTS_READY", `Alerts go to: ${receivers.join(", ")}.`), ...wrong];
  if (wrong.length > 0) return wrong;
  return [
    warn(
      "ALERTS_OFF",
      "No alerts are set up: nobody will learn of a failure.",
      "Set ALERT_SLACK_WEBHOOK_URL, or another of the ALERT_ and HEARTBEAT_ variables; docs/alerts.md lists them.",
    ),
  ];
}
