import { PLUGIN_NAME } from "../../utils/healthContract.ts";
import { parseName, utcDate } from "../catalog/names.ts";
import type { Totals } from "../datocms/contents.ts";
import type { Environment } from "../datocms/environments.ts";
import type { PluginInstance } from "../datocms/pluginSettings.ts";
import type { Site } from "../datocms/site.ts";
import { lasting, moment } from "./words.ts";

/** What the way back rests on. */
export interface RestoreFacts {
  /** Ms since the epoch. */
  readonly now: number;
  readonly listed: readonly Environment[];
  /** Ready, and not primary. */
  readonly source: Environment;
  readonly primary: Environment;
  /** Undefined where it could not be read, as the totals. */
  readonly site: Site | undefined;
  /** In source and primary; undefined where it is not installed. */
  readonly sourcePlugin: PluginInstance | undefined | "unknown";
  readonly primaryPlugin: PluginInstance | undefined | "unknown";
  readonly sourceTotals: Totals | undefined;
  readonly primaryTotals: Totals | undefined;
}

/** A call of DatoCMS's Content Management API. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  /** For the header `X-Environment`; without it, DatoCMS takes the primary. */
  readonly environment?: string;
  readonly body?: unknown;
  /**
   * What to take out of the answer: a later call of the step has the key in braces where the value belongs.
   * Where the place ends many values (`[]`), that call is made once for each.
   */
  readonly keep?: Readonly<Record<string, string>>;
}

/** One step, for a person and for a script. */
export interface Step {
  readonly title: string;
  /** In DatoCMS's interface, and why. */
  readonly text: string;
  readonly calls: readonly ApiCall[];
  /** Takes effect for everybody at once. */
  readonly dangerous?: true;
}

/** How an environment becomes the primary again, and how that is undone. */
export interface Guide {
  readonly facts: RestoreFacts;
  /** Whether it is a copy of this service's. */
  readonly ours: boolean;
  /** What the restored environment, and the primary of today, will be called. */
  readonly restoredId: string;
  readonly formerId: string;
  /** Milliseconds of changes to the primary that the source lacks; 0: none that DatoCMS knows of. */
  readonly lostMs: number;
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
}

const ENVIRONMENTS = "Project settings → Environments.";
const AS_A_COPY = `${ENVIRONMENTS} Under a backup's name a later run may remove it.`;

/** The way back to an environment. Pure: the same facts make the same guide. */
export function guideOf(facts: RestoreFacts): Guide {
  const { source, primary, now, listed, site } = facts;
  const at = (instant: number) => moment(instant, site?.timezone);
  const taken = new Set(listed.map(({ id }) => id));
  const ours = !source.primary && parseName(source.id) !== undefined;
  // As a sandbox it would be taken for a copy, and be removed as one.
  const wasBackup = parseName(primary.id) !== undefined;
  const restoredId = ours ? freeName(`restored-${utcDate(now)}`, taken) : source.id;
  const formerId = wasBackup ? freeName(`former-${utcDate(now)}`, taken) : primary.id;
  // What was itself primary once parted from today's with its own last change, not with its making.
  const partedAt =
    source.forkedFrom === undefined ? Math.max(source.lastDataChangeAt, source.createdAt) : source.createdAt;
  const lostMs = Math.max(0, primary.lastDataChangeAt - partedAt);
  const made = at(partedAt);
  const changed =
    source.lastDataChangeAt > source.createdAt
      ? `CHANGED LATER, at ${at(source.lastDataChangeAt)}`
      : "unchanged since";
  const origin =
    source.forkedFrom === undefined
      ? `last changed at ${made}`
      : `made at ${made} from ${source.forkedFrom}, ${changed}`;
  const unready = listed.find(({ status }) => status !== "ready");

  const steps = [
    step(
      "Check your rights",
      "Be the project's owner, or have a role with can_promote_environments, can_manage_environments and can_edit_schema.",
      get("/users/me?include=role"),
    ),
    step(
      `Look into ${source.id}`,
      `Ready, ${origin}.${totalsIn(facts)} Does it hold what you want back?${unready ? ` Wait until ${unready.id} is no longer ${unready.status}.` : ""}`,
      get(pathOf(source.id)),
    ),
    step(
      "Know what is lost",
      lostMs > 0
        ? `What ${primary.id} got after ${made}, at ${at(primary.lastDataChangeAt)} the latest: ${lasting(lostMs)}. It stays in ${formerId}.`
        : `Nothing: ${primary.id} is unchanged since.`,
    ),
    ...(ours ? [renaming(source.id, restoredId)] : []),
    ...(wasBackup ? [dangerous(renaming(primary.id, formerId))] : []),
    MAINTENANCE_ON,
    ...pluginSteps(facts, restoredId, formerId),
    promoting(restoredId, formerId),
    step(
      "Check the roles",
      `Project settings → Roles. Permissions go by environment id: give editors theirs for ${restoredId}.`,
      get("/roles"),
    ),
    BUILDS,
    MAINTENANCE_OFF,
  ];
  const undo = [MAINTENANCE_ON, promoting(formerId, restoredId), BUILDS, MAINTENANCE_OFF];
  return { facts, ours, restoredId, formerId, lostMs, steps, undo };
}

const MAINTENANCE_ON = step(
  "Turn maintenance mode on",
  `${ENVIRONMENTS} It closes the primary to changes. Refused while somebody edits, unless forced (?force=true).`,
  put("/maintenance-mode/activate"),
);

const MAINTENANCE_OFF = step(
  "Turn maintenance mode off",
  `${ENVIRONMENTS} Look at the records first. Then back up: POST /api/datocms/backup-now to this service.`,
  put("/maintenance-mode/deactivate"),
);

const BUILDS = step(
  "Trigger builds",
  "Project settings → Build triggers.",
  { ...get("/build-triggers"), keep: { triggerId: "data[].id" } },
  { method: "POST", path: "/build-triggers/{triggerId}/trigger" },
);

function renaming(id: string, newId: string): Step {
  const body = { data: { type: "environment", id: newId } };
  return step(`Rename ${id} to ${newId}`, AS_A_COPY, { ...put(`${pathOf(id)}/rename`), body });
}

function promoting(id: string, demotedId: string): Step {
  const text = `${ENVIRONMENTS} Everybody uses it at once. ${demotedId} is kept as a sandbox: it needs no safety copy.`;
  return dangerous(step(`Promote ${id}`, text, put(`${pathOf(id)}/promote`)));
}

/**
 * The plugin's parameters of today, put into the environment before it is promoted: the primary takes no
 * writes in maintenance mode, and where it is protected none at all.
 */
function pluginSteps(
  { sourcePlugin, primaryPlugin }: RestoreFacts,
  environment: string,
  formerId: string,
): Step[] {
  if (sourcePlugin === undefined && primaryPlugin === undefined) return [];
  const title = `Give the plugin in ${environment} today's secret and schedule`;
  if (primaryPlugin === undefined)
    return [step(title, `${formerId} has no plugin: set it up, or uninstall it.`)];
  const text = `Copy URL, secret (lambdaAuthSecret) and schedule (backupSchedule) from its screen in ${formerId}; once it is primary, maintenance mode closes it.`;
  if (primaryPlugin === "unknown" || sourcePlugin === "unknown") return [step(title, text)];
  const id = sourcePlugin?.id ?? primaryPlugin.id;
  const body = (attributes: object) => ({ data: { type: "plugin", id, attributes } });
  const path = "/plugins";
  const install: ApiCall = { method: "POST", path, environment, body: body({ package_name: PLUGIN_NAME }) };
  return [
    step(
      title,
      text,
      ...(sourcePlugin === undefined ? [install] : []),
      {
        ...get(`${path}/${primaryPlugin.id}`),
        environment: formerId,
        keep: { parameters: "data.attributes.parameters" },
      },
      { ...put(`${path}/${id}`), environment, body: body({ parameters: "{parameters}" }) },
    ),
  ];
}

function step(title: string, text: string, ...calls: ApiCall[]): Step {
  return { title, text, calls };
}

function dangerous(step: Step): Step {
  return { ...step, dangerous: true };
}

function get(path: string): ApiCall {
  return { method: "GET", path };
}

function put(path: string): ApiCall {
  return { method: "PUT", path };
}

function pathOf(environmentId: string): string {
  return `/environments/${encodeURIComponent(environmentId)}`;
}

function totalsIn({ sourceTotals, primaryTotals, primary }: RestoreFacts): string {
  const words = ({ records, uploads }: Totals) => `${records} records and ${uploads} uploads`;
  if (sourceTotals === undefined) return "";
  return ` It holds ${words(sourceTotals)}${primaryTotals ? `, ${primary.id} ${words(primaryTotals)}` : ""}.`;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  return name;
}
