import { keepHeapSmall } from "../node/smallHeap.ts";
import { createContentApi } from "../services/sources/datocms/contentApi.ts";
import { createContentReader } from "../services/sources/datocms/contentReader.ts";
import { createPacing } from "../services/sources/datocms/pacing.ts";
import { openDiskStore } from "../services/stores/disk.ts";
import { systemClock } from "../utils/clock.ts";
import { archiveMain, ENVIRONMENT, valueIn } from "./archiveWorld.ts";
import { TOKEN } from "./world.ts";

keepHeapSmall();
/** A process that archives a project twice, as fast as it can, and says how much memory it needed. */
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
const kibibytes = () => process.resourceUsage().maxRSS;
const first = await archiveMain({ ...capture, previous: undefined, random: "00000001" });
const firstRss = kibibytes();
const second = await archiveMain({ ...capture, previous: first, random: "00000002" });
if (first.partial || second.partial) throw new Error("The archives are not complete.");
process.stdout.write(
  JSON.stringify({
    first: { ms: first.durationMs, calls: first.calls, kibibytes: firstRss },
    second: { ms: second.durationMs, calls: second.calls - first.calls, kibibytes: kibibytes() },
  }),
);
process.exit(0);
