import { keepHeapSmall } from "../node/smallHeap.ts";
import { projectFrom } from "../services/project.ts";
import { createRestoreService, type RestoreRequest, scopeFrom } from "../services/restoreService.ts";
import { systemClock } from "../utils/clock.ts";
import { valueIn } from "./archiveWorld.ts";
import { TOKEN } from "./world.ts";

keepHeapSmall();
/** A process that restores from the newest archive as fast as it can, and says how much memory it needed. */
const [baseUrl = "", assetsBaseUrl = "", folder = "", deed = "", into = "", mode = "add", scope = ""] =
  process.argv.slice(2);
const variables = {
  DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
  DATOCMS_CMA_BASE_URL: baseUrl,
  DATOCMS_ASSETS_BASE_URL: assetsBaseUrl,
  BACKUP_STORE: `file://${folder}`,
};
const host = { variables, directory: folder, fetch, clock: systemClock };
const service = createRestoreService(valueIn(projectFrom(variables)), host);
const only = [scopeFrom(scope) ?? []].flat();
const archive = { kind: "archive", name: "latest" } as const;
const request: RestoreRequest = {
  source: archive,
  into: into.startsWith("new:") ? { kind: "new", id: into.slice(4) } : { kind: "existing", id: into },
  wishes: {
    mode: mode === "overwrite" || mode === "mirror" ? mode : "add",
    only,
    isDraft: false,
    relinks: only.length > 0,
    withShell: false,
  },
  callsPerSecond: 10_000,
  onProgress: () => {},
};

const from = systemClock.monotonic();
const records = await recordsOf(deed);
const ms = systemClock.monotonic() - from;
process.stdout.write(JSON.stringify({ ms, records, kibibytes: process.resourceUsage().maxRSS }));
process.exit(0);

/** How many records are restored, or differ. */
async function recordsOf(what: string): Promise<number> {
  if (what === "diff") return valueIn(await service.diff(archive, undefined, 10_000)).plan.records.length;
  if (what === "preview") return valueIn(await service.preview(request)).plan.records.length;
  const { applied, refused } = valueIn(await service.apply(request));
  if (refused[0] !== undefined) throw new Error(`Not restored: ${refused[0].sentence}`);
  return applied.records;
}
