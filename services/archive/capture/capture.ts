import { failed, type Result } from "../../../utils/failures.ts";
import type { EnvironmentIdentity } from "../../sources/datocms/contentReader.ts";
import type { Sight } from "../../sources/datocms/permissions.ts";
import { textOf } from "../../sources/datocms/resource.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import { claimRoot } from "../../stores/root.ts";
import { type ArchiveFailure, environmentReplaced } from "../failures.ts";
import { FORMAT, FORMAT_VERSION, type Manifest, type Warning } from "../manifest.ts";
import { spoiltKeys } from "../spoiltNotes.ts";
import { whileWriting } from "../turns.ts";
import { commit } from "./commit.ts";
import { type CapturedContent, type ContentCapture, captureContent } from "./content.ts";
import { createObjectWriter, type ObjectWriter } from "./objects.ts";
import { type Estimate, preflight } from "./preflight.ts";

/** What a capture rests on. */
export interface Capture extends Omit<ContentCapture, "previous"> {
  /** Whose objects are taken over where nothing has changed. */
  readonly previous: Manifest | undefined;
  readonly environment: {
    readonly id: string;
    readonly isPrimary: boolean;
    /** A finished backup of ours, which nobody is to change. */
    readonly isBackup: boolean;
  };
  /** Kinds of backup that the archive stands for; none where it is made by hand. */
  readonly cadences: readonly string[];
  /** The schedule that it is made by; undefined: none. */
  readonly schedule?: Manifest["scope"]["schedule"];
  readonly tool: Manifest["tool"];
  /** It may take whatever it needs of the DatoCMS plan. */
  readonly isAccepted: boolean;
  /** Bytes of files that it may fetch, as far as DatoCMS tells; undefined: any. */
  readonly mostBytes?: number | undefined;
  readonly onEstimate: (estimate: Estimate) => void;
  /** Tells the archive from another of the same second: 8 hexadecimal digits. */
  readonly random: string;
}

/** Longer ids of environments are cut in an archive's id. */
const LONGEST_ENVIRONMENT = 36;

/**
 * Archives an environment: everything but the manifest first, in whatever order, then the manifest. A capture that
 * ends before leaves nothing but objects, which the next one takes over.
 *
 * @returns the manifest; it says `partial` where something is missing that was to be in it
 */
export async function captureEnvironment(capture: Capture): Promise<Result<Manifest, ArchiveFailure>> {
  const { reader, store, clock } = capture;
  const began = clock.monotonic();
  const before = await reader.environment();
  if (!before.ok) return before;
  const sight = await reader.sight();
  if (!sight.ok) return sight;
  const schema = await reader.schema();
  if (!schema.ok) return schema;
  const root = await claimRoot(store, schema.value.site.id, clock.now());
  if (!root.ok) return root;
  const allowed = await preflight({ ...capture, schema: schema.value });
  if (!allowed.ok) return allowed;
  return whileWriting(store, clock, () =>
    captureInto(capture, { before: before.value, sight: sight.value, schema: schema.value, began }),
  );
}

interface Beginning {
  readonly before: EnvironmentIdentity;
  readonly sight: Sight;
  readonly schema: Schema;
  readonly began: number;
}

async function captureInto(
  capture: Capture,
  { before, sight, schema, began }: Beginning,
): Promise<Result<Manifest, ArchiveFailure>> {
  const { reader, store, clock, environment } = capture;
  const spoilt = await spoiltKeys(store);
  if (!spoilt.ok) return spoilt;
  const objects = createObjectWriter(store, spoilt.value);
  const content = await captureContent(capture, schema, objects, spoilt.value);
  if (!content.ok) return content;
  const after = await reader.environment();
  if (!after.ok) return after;

  const { createdAt, lastChangeAt } = before;
  if (after.value.createdAt !== createdAt) return failed(environmentReplaced(environment.id));
  const manifest = manifestOf(capture, {
    schema,
    content: content.value,
    sight,
    objects,
    environmentCreatedAt: new Date(createdAt).toISOString(),
    isUnchanged: content.value.isSteady && after.value.lastChangeAt === lastChangeAt,
    durationMs: Math.round(clock.monotonic() - began),
  });
  return commit(capture, manifest, [...objects.reusedFiles(), ...content.value.assetsReused]);
}

interface Captured {
  readonly schema: Schema;
  readonly content: CapturedContent;
  readonly sight: Sight;
  readonly objects: ObjectWriter;
  readonly environmentCreatedAt: string;
  readonly isUnchanged: boolean;
  readonly durationMs: number;
}

function manifestOf(capture: Capture, captured: Captured): Omit<Manifest, "sha256" | "signature"> {
  const { environment, clock } = capture;
  const { content, objects, environmentCreatedAt, schema } = captured;
  const now = clock.now();
  const createdAt = environment.isBackup ? environmentCreatedAt : new Date(now).toISOString();
  const missing = [...sightWarnings(captured.sight), ...content.missing];
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    id: archiveId(createdAt, environment.id, capture.random),
    createdAt,
    writtenAt: new Date(now).toISOString(),
    tool: capture.tool,
    source: {
      kind: "datocms",
      environment: environment.id,
      projectId: schema.site.id,
      projectName: textOf(schema.site, "name") ?? "",
      environmentCreatedAt,
      isPrimary: environment.isPrimary,
    },
    consistency: consistencyOf(environment.isBackup, captured.isUnchanged),
    partial: missing.length > 0,
    scope: {
      assets: capture.withAssets,
      excludedModels: [...content.excludedModels],
      cadences: [...capture.cadences],
      ...(capture.schedule && { schedule: capture.schedule }),
    },
    counts: content.counts,
    models: [...content.models],
    files: [...content.files],
    previous: capture.previous?.id ?? null,
    warnings: [...missing, ...content.notes],
    storedBytes: objects.storedBytes() + content.assetsStored,
    reusedBytes: [...objects.reusedFiles(), ...content.assetsReused].reduce((sum, { size }) => sum + size, 0),
    calls: capture.reader.calls(),
    durationMs: captured.durationMs,
    encrypted: false,
  };
}

/** @param createdAt ISO 8601 */
function archiveId(createdAt: string, environmentId: string, random: string): string {
  const second = createdAt.replace(/\.\d+Z$/, "Z").replaceAll(":", "");
  const environment = environmentId.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, LONGEST_ENVIRONMENT);
  return `${second}-${environment}-${random}`;
}

/** How well the parts fit together. A primary that was edited meanwhile is several moments at once. */
function consistencyOf(isBackup: boolean, isUnchanged: boolean): Manifest["consistency"] {
  if (!isUnchanged) return "live-fuzzy";
  return isBackup ? "fork" : "live-stable";
}

function sightWarnings(sight: Sight): Warning[] {
  if (sight.kind === "everything") return [];
  if (sight.kind === "unknown")
    return [
      {
        code: "SIGHT_UNKNOWN",
        sentence: "DatoCMS does not say whether this API token sees everything, so some may be missing.",
      },
    ];
  return sight.hidden.map((name) => ({
    code: "NOT_VISIBLE",
    sentence: `The API token's role does not let it see all ${name}, so some may be missing.`,
    name,
  }));
}
