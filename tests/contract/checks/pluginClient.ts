import * as z from "zod";
import type { Deployment } from "../host.ts";
import { acceptsBackupNow, acceptsStatus } from "../plugin.ts";
import {
  BACKUP_NOW,
  backupNowBody,
  greeting,
  HEALTH,
  healthBody,
  PLUGIN,
  STATUS,
  statusBody,
} from "../wire.ts";

/** The HTTP client of the installed plugin (0.7.2), as it behaves in a browser. */
export interface PluginClient {
  health(phase: Phase): Promise<Heard>;
  status(): Promise<Heard>;
  backupNow(cadence: Cadence): Promise<Heard>;
}

export type Phase = "finish_installation" | "config_mount" | "config_connect";
export type Cadence = "daily" | "weekly" | "biweekly" | "monthly";
export const CADENCES: readonly Cadence[] = ["daily", "weekly", "biweekly", "monthly"];

/** What the plugin makes of a call. */
export type Heard =
  | { readonly kind: "answer"; readonly body: unknown }
  /** The user is shown code and message. */
  | { readonly kind: "refused"; readonly status: number; readonly code: string; readonly message: string }
  /** Whatever the service has said, the browser keeps it to itself. */
  | { readonly kind: "network failure"; readonly why: string }
  | { readonly kind: "gave up"; readonly afterMs: number }
  /** A success that fails the plugin's own validation. */
  | { readonly kind: "rejected"; readonly complaints: readonly string[] };

/** What the plugin has in its settings. */
export interface Saved {
  /** As somebody typed it. */
  readonly deploymentUrl: string;
  readonly secret: string;
  /** The environment that its screen was opened in. */
  readonly environment: string;
}

/** Where the plugin's page comes from. */
const PAGE = "https://plugins-cdn.datocms.com";
/** As browsers name them: sorted, in lower case; those that need no permission are left out. */
const ASKED_HEADERS = ["content-type", "x-datocms-backups-auth"] as const;

/** Until the answer's headers are there, ms; preflight included. */
const PATIENCE_MS = { health: 8_000, status: 10_000, backupNow: 60_000 } as const;

interface Call {
  readonly path: string;
  readonly patienceMs: number;
  readonly body: object;
  /** @returns why the answer is not believed; nothing when it is */
  accepts(answer: unknown): string[];
}

/** What the client needs of a deployment. */
type Service = Pick<Deployment, "call" | "clock">;

/** The plugin in one project, with these settings. */
export function pluginClient(service: Service, { deploymentUrl, secret, environment }: Saved): PluginClient {
  const plugin = { name: PLUGIN, environment };
  const origin = originOf(deploymentUrl);
  const post = (call: Call) => posted(service, origin, secret, call);
  return {
    health: (phase) =>
      post({
        path: HEALTH,
        patienceMs: PATIENCE_MS.health,
        body: { ...healthBody, mpi: { ...healthBody.mpi, phase }, plugin },
        accepts: acceptsHealth,
      }),
    status: () =>
      post({
        path: STATUS,
        patienceMs: PATIENCE_MS.status,
        body: { ...statusBody, plugin },
        accepts: acceptsStatus,
      }),
    backupNow: (cadence) =>
      post({
        path: BACKUP_NOW,
        patienceMs: PATIENCE_MS.backupNow,
        body: { ...backupNowBody(cadence), plugin },
        accepts: (answer) => acceptsBackupOf(cadence, answer),
      }),
  };
}

/**
 * All that the plugin keeps of a saved URL: routes live at the root.
 *
 * @throws Error for what its settings would not take
 */
export function originOf(saved: string): string {
  const text = saved.trim();
  const { origin, hostname } = new URL(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  if (hostname !== "localhost" && !hostname.includes("."))
    throw new Error(`${hostname} is no host that the plugin takes.`);
  return origin;
}

async function posted(
  { clock, call: reach }: Service,
  origin: string,
  secret: string,
  call: Call,
): Promise<Heard> {
  const address = new URL(call.path, origin);
  const began = clock.monotonic();
  const preflight = await reach(
    new Request(address, {
      method: "OPTIONS",
      headers: {
        accept: "*/*",
        origin: PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": ASKED_HEADERS.join(","),
      },
    }),
  );
  const blocked = blockedBy(preflight);
  if (blocked !== undefined) return { kind: "network failure", why: blocked };

  const body = JSON.stringify(call.body);
  const response = await reach(
    new Request(address, {
      method: "POST",
      headers: {
        accept: "*/*",
        // A person comes seconds later than the next check; see the scene's own requests.
        "cache-control": "no-cache",
        origin: PAGE,
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        "x-datocms-backups-auth": secret,
      },
      body,
    }),
  );
  const afterMs = clock.monotonic() - began;
  if (afterMs > call.patienceMs) return { kind: "gave up", afterMs };
  if (!allowsPage(response)) return { kind: "network failure", why: `${response.status} names no origin` };
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) return refusalIn(response.status, answer);
  const complaints = call.accepts(answer);
  return complaints.length === 0 ? { kind: "answer", body: answer } : { kind: "rejected", complaints };
}

/** Why a browser sends nothing after this preflight. */
function blockedBy(preflight: Response): string | undefined {
  const listed = (header: string) => (preflight.headers.get(header) ?? "").toLowerCase().split(/\s*,\s*/);
  if (!preflight.ok) return `preflight: ${preflight.status}`;
  if (!allowsPage(preflight)) return "preflight names no origin";
  if (!listed("access-control-allow-methods").includes("post")) return "preflight allows no POST";
  const missing = ASKED_HEADERS.filter((name) => !listed("access-control-allow-headers").includes(name));
  return missing.length === 0 ? undefined : `preflight allows no ${missing.join(", ")}`;
}

function allowsPage({ headers }: Response): boolean {
  return ["*", PAGE].includes(headers.get("access-control-allow-origin") ?? "");
}

const ErrorAnswer = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

function refusalIn(status: number, answer: unknown): Heard {
  const { code, message } = ErrorAnswer.safeParse(answer).data?.error ?? { code: "", message: "" };
  return { kind: "refused", status, code, message };
}

const pong = greeting("PONG");
const Pong = z.object({
  ok: z.literal(true),
  mpi: z.object({ message: z.literal(pong.mpi.message), version: z.literal(pong.mpi.version) }),
  service: z.literal(pong.service),
  status: z.literal("ready"),
});

function acceptsHealth(answer: unknown): string[] {
  const { error } = Pong.safeParse(answer);
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

const Backup = z.object({ backup: z.object({ scope: z.string() }) });

function acceptsBackupOf(cadence: Cadence, answer: unknown): string[] {
  const scope = Backup.safeParse(answer).data?.backup.scope;
  return [...acceptsBackupNow(answer), ...(scope === cadence ? [] : [`backup.scope: ${scope}`])];
}
