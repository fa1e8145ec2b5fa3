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
import { type Access, requireCronSecret } from "../utils/auth.ts";
import { readConfig } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { settingOf } from "../utils/settings/read.ts";
import { unknownSettings } from "../utils/unknownSettings.ts";
import { iso } from "./answers.ts";
import { type Exchange, maxAgeFor } from "./exchange.ts";
import { report } from "./report.ts";

/** Whoever looks at a browser or a terminal does not wait longer. */
const CHECK_MS = 8_000;

/** Will this deployment really make backups? 200 whatever it finds: text, or JSON where that is asked for. */
export async function check(exchange: Exchange): Promise<Response> {
  const { env, var: variables } = exchange;
  const way = { ...env, maxAgeMs: maxAgeFor(exchange) };
  const found = await checkDeployment({
    ...deploymentOf(env, variables.access, variables.arrivedAt),
    fetch: sharedFetch(way),
  });
  return report(
    exchange,
    () => asJson(found),
    () => asText(found),
  );
}

function deploymentOf(runtime: Runtime, access: Access, arrivedAt: number): Omit<Deployment, "fetch"> {
  const { variables, provider, cadenceMode, clock, budgetMs } = runtime;
  const token = orError(() => resolveApiToken(variables));
  const config = orError(() => readConfig(variables));
  // With another setting wrong, the token can be tried all the same.
  const address = orError(() => readConfig({ DATOCMS_CMA_BASE_URL: variables.DATOCMS_CMA_BASE_URL }));
  return {
    token: token instanceof ServiceError ? undefined : token,
    // Without one the check has words of its own.
    tokenProblem:
      token instanceof ServiceError && token.code !== "MISSING_API_TOKEN" ? problemOf(token) : undefined,
    unknown: unknownSettings(variables),
    config: config instanceof ServiceError ? problemOf(config) : config,
    address: address instanceof ServiceError ? undefined : address,
    host: provider,
    cronCadence: cadenceMode,
    cron: cronOf(runtime, access),
    secret: secretOf(access),
    alerts: readAlerts(variables),
    clock,
    deadline: arrivedAt + Math.min(budgetMs, CHECK_MS),
  };
}

function cronOf({ provider, variables }: Runtime, access: Access): CronFacts {
  if (provider === "vercel") {
    const refusal = orError(() => requireCronSecret(variables, access));
    if (refusal instanceof ServiceError) return { kind: "refused", ...problemOf(refusal) };
  }
  if (provider === "unknown" && !settingOf(variables, "BACKUP_CRON"))
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

function problemOf({ code, message, details }: ServiceError) {
  const others = Array.isArray(details.alsoInvalid) ? ` Also wrong: ${details.alsoInvalid.join(", ")}.` : "";
  return { code, sentence: `${message}${others}` };
}

function orError<T>(read: () => T): T | ServiceError {
  try {
    return read();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

function asJson({ verdict, summary, lines, checkedAt }: Check): object {
  return { ok: verdict !== "fail", verdict, summary, lines, checkedAt: iso(checkedAt) };
}

/** Columns of one width, what to do under its sentence. */
function asText({ summary, lines, checkedAt }: Check): string {
  const width = Math.max(...lines.map(({ code }) => code.length));
  const row = (level: string, code: string, text: string) =>
    `${level.padEnd(4)}  ${code.padEnd(width)}  ${text}`;
  const rows = lines.flatMap(({ level, code, sentence, advice }) => [
    row(level, code, sentence),
    ...(advice === undefined ? [] : [row("", "", `→ ${advice}`)]),
  ]);
  return [summary, "", ...rows, "", `Checked at ${iso(checkedAt)}`].join("\n");
}
