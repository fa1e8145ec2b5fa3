import {
  type Check,
  type CronFacts,
  checkDeployment,
  type Deployment,
  resolveApiToken,
  type SecretFacts,
  sharedFetch,
} from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { type Access, authorizeCron } from "../utils/auth.ts";
import { readConfig } from "../utils/config.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { readSetting } from "../utils/settings/read.ts";
import { unknownSettings } from "../utils/unknownSettings.ts";
import { iso } from "./answers.ts";
import { type AppRuntime, maxAgeFor, type RequestContext } from "./requestContext.ts";
import { respondTextOrJson } from "./respond.ts";

/** The patience of somebody at a browser or a terminal. */
const CHECK_MS = 8_000;

/** Checks that this deployment makes backups. 200 whatever it finds: text, or JSON where that is asked for. */
export async function check(context: RequestContext): Promise<Response> {
  const { env, var: variables } = context;
  const way = { ...env, maxAgeMs: maxAgeFor(context) };
  const found = await checkDeployment({
    ...deploymentOf(env, variables.access, variables.arrivedAt),
    fetch: sharedFetch(way),
  });
  return respondTextOrJson(
    context,
    () => checkAnswer(found),
    () => asText(found),
  );
}

/** The deployment of a host, right or wrong: what is checked. */
export function deploymentOf(
  runtime: AppRuntime,
  access: Access,
  arrivedAt: number,
): Omit<Deployment, "fetch"> {
  const { variables, provider, cronFrequency, maxCalls, clock, budgetMs } = runtime;
  return {
    token: resolveApiToken(variables),
    unknown: unknownSettings(variables),
    config: readConfig(variables),
    address: readSetting(variables, "DATOCMS_CMA_BASE_URL"),
    host: provider,
    cronFrequency,
    maxCalls,
    cron: cronOf(runtime, access),
    secret: secretOf(access),
    alerts: readAlerts(variables),
    clock,
    deadline: arrivedAt + Math.min(budgetMs, CHECK_MS),
    offsite: runtime.offsite?.findings,
  };
}

function cronOf({ provider, variables, cronFrequency }: Runtime, access: Access): CronFacts {
  if (provider === "vercel") {
    const entry = authorizeCron(variables, access);
    if (!entry.ok) return { kind: "refused", refusal: entry.failure };
  }
  if (cronFrequency === "none")
    return {
      kind: "off",
      sentence:
        "Backups will be made only if something calls /api/jobs/scheduled-backups, because BACKUP_CRON is off.",
      advice:
        "Let a scheduler call /api/jobs/scheduled-backups once a day, or remove BACKUP_CRON and restart.",
    };
  return { kind: "ready" };
}

function secretOf(access: Access): SecretFacts {
  if (access.kind === "secret") return { kind: "set", short: access.short };
  return access;
}

/** A check, as answers write it. */
export function checkAnswer({ verdict, summary, findings, checkedAt }: Check): object {
  return { ok: verdict !== "fail", verdict, summary, lines: findings, checkedAt: iso(checkedAt) };
}

/** Columns of one width, what to do under its sentence. */
function asText({ summary, findings, checkedAt }: Check): string {
  const width = Math.max(...findings.map(({ code }) => code.length));
  const row = (level: string, code: string, text: string) =>
    `${level.padEnd(4)}  ${code.padEnd(width)}  ${text}`;
  const rows = findings.flatMap(({ level, code, sentence, advice }) => [
    row(level, code, sentence),
    ...(advice === undefined ? [] : [row("", "", `→ ${advice}`)]),
  ]);
  return [summary, "", ...rows, "", `Checked at ${iso(checkedAt)}`].join("\n");
}
