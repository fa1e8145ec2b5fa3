import { PLUGIN_NAME } from "../../utils/healthContract.ts";
import type { Totals } from "../datocms/contents.ts";
import type { Environment } from "../datocms/environments.ts";
import type { PluginInstance } from "../datocms/pluginSettings.ts";
import type { Site } from "../datocms/site.ts";
import { asCopy, utcDate } from "../rotation/names.ts";
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

const IN_SETTINGS = "Project settings → Environments";

/** The way back to an environment. Pure: the same facts make the same guide. */
export function guideOf(facts: RestoreFacts): Guide {
  const { source, primary, now, listed, site } = facts;
  const at = (instant: number) => moment(instant, site?.timezone);
  const taken = new Set(listed.map(({ id }) => id));
  const ours = asCopy(source) !== undefined;
  const restoredId = ours ? freeName(`restored-${utcDate(now)}`, taken) : source.id;
  // As a sandbox it would be taken for a copy, and be removed as one.
  const wasCopy = asCopy({ ...primary, primary: false }) !== undefined;
  const formerId = wasCopy ? freeName(`former-${utcDate(now)}`, taken) : primary.id;
  const lostMs = Math.max(0, primary.lastDataChangeAt - source.createdAt);

  const steps = [
    step(
      "Make sure that you may do this",
      "The project's owner may, and a role with can_promote_environments (promote, maintenance mode), can_manage_environments (rename) and can_edit_schema (plugin). This service's token need not.",
      [{ method: "GET", path: "/users/me?include=role" }],
    ),
    step(
      `Look into ${source.id}`,
      sentences(
        `It is ready. It was made at ${at(source.createdAt)}${source.forkedFrom === undefined ? "" : ` from ${source.forkedFrom}`} and ${source.lastDataChangeAt > source.createdAt ? `CHANGED LATER, at ${at(source.lastDataChangeAt)}` : "has not changed since"}.`,
        totalsIn(facts),
        "Switch to it in DatoCMS and see that it holds what you want back. For single records, copy them by hand and stop here.",
        beingMade(listed),
      ),
      [{ method: "GET", path: `/environments/${segment(source.id)}` }],
    ),
    step(
      "Know what will be lost",
      lostMs === 0
        ? `Nothing: ${primary.id} has not changed since the copy was made.`
        : `What was written to ${primary.id} after ${at(source.createdAt)}. It was last changed at ${at(primary.lastDataChangeAt)}, ${lasting(lostMs)} later. Nothing is deleted: it stays in ${formerId}.`,
    ),
    ...(ours
      ? [
          step(
            `Rename ${source.id} to ${restoredId}`,
            `${IN_SETTINGS}. While it has a copy's name, a scheduled run may remove it, and once it is primary no copy can be made under that name.`,
            [rename(source.id, restoredId)],
          ),
        ]
      : []),
    ...(wasCopy
      ? [
          step(
            `Rename ${primary.id} to ${formerId}`,
            "The primary has a copy's name: as a sandbox it would be taken for one and be removed. Whatever names it must be changed.",
            [rename(primary.id, formerId)],
          ),
        ]
      : []),
    MAINTENANCE_ON,
    ...pluginSteps(facts, restoredId, formerId),
    promote(
      restoredId,
      `From this moment everybody and everything that names no environment uses ${restoredId}. ${formerId} is kept as a sandbox with all it holds, so it needs no safety copy; it takes one of the plan's places until you delete it.`,
    ),
    step(
      "Check the roles",
      `Project settings → Roles. Permissions for records and uploads belong to an environment's id: give editors theirs for ${restoredId}. Apps that name an environment must name this one.`,
      [{ method: "GET", path: "/roles" }],
    ),
    BUILDS,
    MAINTENANCE_OFF,
  ];
  const undo = [
    MAINTENANCE_ON,
    promote(
      formerId,
      `It is as you left it, with its own plugin settings. ${restoredId} becomes a sandbox again and keeps what was written to it.`,
    ),
    BUILDS,
    MAINTENANCE_OFF,
  ];
  return { facts, ours, restoredId, formerId, lostMs, steps, undo };
}

const MAINTENANCE_ON = step(
  "Turn maintenance mode on",
  `${IN_SETTINGS}. Nobody can write to the primary now. It is refused while somebody edits: let them finish, or add ?force=true, which costs them what is unsaved.`,
  [{ method: "PUT", path: "/maintenance-mode/activate" }],
);

const MAINTENANCE_OFF = step(
  "Turn maintenance mode off",
  `Look at the records first. ${IN_SETTINGS}. Today's copies are of what was primary before; POST /api/datocms/backup-now to this service makes one of what is primary now.`,
  [{ method: "PUT", path: "/maintenance-mode/deactivate" }],
);

const BUILDS = step("Trigger the builds", "Project settings → Build triggers: build every site anew.", [
  { method: "GET", path: "/build-triggers", keep: { triggerId: "data[].id" } },
  { method: "POST", path: "/build-triggers/{triggerId}/trigger" },
]);

function promote(id: string, text: string): Step {
  const calls: ApiCall[] = [{ method: "PUT", path: `/environments/${segment(id)}/promote` }];
  return { ...step(`Promote ${id}`, `${IN_SETTINGS}. ${text}`, calls), dangerous: true };
}

/**
 * The plugin's parameters of today, put into the environment before it is promoted: the primary takes no
 * writes in maintenance mode, and where it is protected none at all.
 */
function pluginSteps(
  { sourcePlugin, primaryPlugin }: RestoreFacts,
  restoredId: string,
  formerId: string,
): Step[] {
  if (sourcePlugin === undefined && primaryPlugin === undefined) return [];
  const title = `Put the plugin's secret and schedule of today into ${restoredId}`;
  if (primaryPlugin === undefined)
    return [step(title, `The plugin is not in ${formerId}: uninstall it in ${restoredId}, or set it up.`)];
  const text = `${restoredId} brings old ones along (URL, lambdaAuthSecret, backupSchedule). Enter there what the plugin's screen says in ${formerId}; in the primary it could not be saved during maintenance.`;
  if (primaryPlugin === "unknown" || sourcePlugin === "unknown") return [step(title, text)];
  const id = sourcePlugin?.id ?? primaryPlugin.id;
  const plugin = (attributes: object) => ({ data: { type: "plugin", id, attributes } });
  return [
    step(title, sourcePlugin === undefined ? `Install the plugin there. ${text}` : text, [
      ...(sourcePlugin === undefined
        ? [post("/plugins", restoredId, plugin({ package_name: PLUGIN_NAME }))]
        : []),
      {
        method: "GET",
        path: `/plugins/${segment(primaryPlugin.id)}`,
        environment: formerId,
        keep: { parameters: "data.attributes.parameters" },
      },
      {
        method: "PUT",
        path: `/plugins/${segment(id)}`,
        environment: restoredId,
        body: plugin({ parameters: "{parameters}" }),
      },
    ]),
  ];
}

function post(path: string, environment: string, body: unknown): ApiCall {
  return { method: "POST", path, environment, body };
}

function rename(id: string, newId: string): ApiCall {
  const body = { data: { type: "environment", id: newId } };
  return { method: "PUT", path: `/environments/${segment(id)}/rename`, body };
}

function step(title: string, text: string, calls: readonly ApiCall[] = []): Step {
  return { title, text, calls };
}

function totalsIn({ sourceTotals, primaryTotals, primary }: RestoreFacts): string | undefined {
  if (sourceTotals === undefined) return undefined;
  const { records, uploads } = sourceTotals;
  const beside =
    primaryTotals && `; ${primary.id} holds ${primaryTotals.records} and ${primaryTotals.uploads}`;
  return `It holds ${records} records and ${uploads} uploads${beside ?? ""}.`;
}

function beingMade(listed: readonly Environment[]): string | undefined {
  const one = listed.find(({ status }) => status !== "ready");
  return one && `${one.id} is ${one.status}: wait until that is over, or DatoCMS may refuse the next steps.`;
}

function sentences(...all: readonly (string | undefined)[]): string {
  return all.filter((each) => each !== undefined).join(" ");
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(name)) return name;
  }
}

function segment(id: string): string {
  return encodeURIComponent(id);
}
