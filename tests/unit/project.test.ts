import { expect, test } from "vitest";
import { projectFrom } from "../../services/backupService.ts";

const TOKEN = { DATOCMS_FULLACCESS_API_TOKEN: "token-of-project-one" };

test("a deployment's project is made from its variables, whole", () => {
  const read = projectFrom({
    ...TOKEN,
    DATOCMS_CMA_BASE_URL: "http://127.0.0.1:4010",
    DATOCMS_BACKUPS_SHARED_SECRET: "a-shared-secret-of-the-tests",
    BACKUP_KEEP_DAILY: "7",
    BACKUP_SCHEDULER: "off",
    ALERT_PROJECT_NAME: "Acme",
    ALERT_SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T/B/x",
  });
  expect(read).toMatchObject({
    ok: true,
    value: {
      name: "Acme",
      token: "token-of-project-one",
      source: { baseUrl: "http://127.0.0.1:4010" },
      secrets: { kind: "secret", secrets: ["a-shared-secret-of-the-tests"] },
      policy: { keep: { daily: 7, weekly: 1 }, paused: true },
      channels: { channels: [{ channel: "slack" }] },
    },
  });
});

test("there is none without a token, or with a wrong setting", () => {
  const causes = [{}, { ...TOKEN, BACKUP_ROTATION: "sideways" }].map((variables) => {
    const read = projectFrom(variables);
    return read.ok ? undefined : read.failure.cause;
  });
  expect(causes).toEqual(["MISSING_API_TOKEN", "INVALID_CONFIGURATION"]);
});

test("a wrong secret or a wrong channel leaves it: its backups go on", () => {
  const read = projectFrom({ ...TOKEN, CRON_SECRET: "short", ALERT_SLACK_WEBHOOK_URL: "nowhere" });
  expect(read).toMatchObject({
    ok: true,
    value: { secrets: { kind: "misconfigured" }, channels: { channels: [], problems: [{}] } },
  });
});
