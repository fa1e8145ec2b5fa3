import { keepHeapSmall } from "../node/smallHeap.ts";
import { listArchives } from "../services/archive/archives.ts";
import { createContentApi } from "../services/sources/datocms/contentApi.ts";
import { createContentReader } from "../services/sources/datocms/contentReader.ts";
import { createPacing } from "../services/sources/datocms/pacing.ts";
import { openDiskStore } from "../services/stores/disk.ts";
import { systemClock } from "../utils/clock.ts";
import { archiveMain, ENVIRONMENT, valueIn } from "./archiveWorld.ts";
import { TOKEN } from "./world.ts";

keepHeapSmall();
/** A process that archives a project as fast as it can, and says how much memory it needed. */
const [baseUrl = "", assetsBaseUrl = "", root = ""] = process.argv.slice(2);
const clock = systemClock;
const store = valueIn(await openDiskStore({ root }));
const api = createContentApi({
  token: TOKEN,
  baseUrl,
  environment: ENVIRONMENT,
  fetch,
  clock,
  pacing: createPacing(clock, 10_000),
});
const reader = createContentReader(api, ENVIRONMENT);
const capture = { reader, store, clock, fetch, assetsBaseUrl };
const [newest] = valueIn(await listArchives(store));
const previous = newest?.manifest.kind === "read" ? newest.manifest.manifest : undefined;
const random = String(Date.now()).slice(-8);
const { partial, durationMs, calls } = await archiveMain({ ...capture, previous, random });
if (partial) throw new Error("The archive is not complete.");
const kibibytes = process.resourceUsage().maxRSS;
process.stdout.write(JSON.stringify({ ms: durationMs, calls, kibibytes }));
process.exit(0);
