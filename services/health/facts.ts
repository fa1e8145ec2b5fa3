import type { AlertSettings } from "../../utils/alertSettings.ts";
import type { Config } from "../../utils/config.ts";
import type { CronFrequency } from "../../utils/cron.ts";
import type { Result } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";
import type { UnknownSetting } from "../../utils/unknownSettings.ts";
import type { Shrink } from "../backup/shrinkGuard.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Totals } from "../datocms/contents.ts";
import type { PlanRoom } from "../datocms/environments.ts";
import type { PluginInstance } from "../datocms/pluginSettings.ts";
import type { Rights } from "../datocms/role.ts";
import type { Site } from "../datocms/site.ts";
import type { Finding } from "../findings/finding.ts";
import type { Slots } from "../schedule/slots.ts";

/** DatoCMS's facts about the project, read at one time. */
export interface ProjectFacts {
  readonly site: Result<Site>;
  readonly rights: Result<Rights>;
  readonly environments: Result<Catalog>;
  readonly room: PlanRoom;
  /** How much the primary holds: whether the token may know it. */
  readonly totals: Result<Totals | "withheld">;
  /** Backups that the shrink guard keeps. */
  readonly shrunk: readonly Shrink[];
  /** The primary's plugin; undefined where none is installed. */
  readonly plugin: Result<PluginInstance | undefined>;
}

/** The secret without the secret. */
export type SecretFacts =
  | { readonly kind: "set"; readonly short: readonly string[] }
  | { readonly kind: "open" }
  | { readonly kind: "misconfigured"; readonly variable: string; readonly why: string };

/** The host's cron; `off`: there is none, and something else must call the jobs. */
export type CronFacts =
  | { readonly kind: "ready" }
  | { readonly kind: "off"; readonly sentence: string; readonly advice: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** The deployment's own facts, beside the project's. */
export interface DeploymentFacts {
  /** The host by its name, for people. */
  readonly host: string;
  readonly cronFrequency: CronFrequency;
  /** DatoCMS calls that one run may make. */
  readonly maxCalls: number;
  readonly cron: CronFacts;
  readonly secret: SecretFacts;
  readonly alerts: AlertSettings;
  /** Wrong settings: the failure that every run would end with. */
  readonly config: Result<Config, Refusal>;
  /** Variables that look like settings and are none. */
  readonly unknown: readonly UnknownSetting[];
  /** What is known of the store, or that there is none. */
  readonly offsite: readonly Finding[];
}

/** All that the findings rest on. */
export interface Facts extends DeploymentFacts {
  /** Ms since the epoch. */
  readonly now: number;
  /** Why there is no token. */
  readonly tokenRefusal?: Refusal | undefined;
  /** Undefined where there is no token. */
  readonly slots: Slots | undefined;
  /** Undefined where DatoCMS could not be asked: no token, or no usable address. */
  readonly project: ProjectFacts | undefined;
}
