import { type Result, succeeded } from "../utils/failures.ts";
import type { Backup } from "./catalog/backup.ts";
import { type BackupContext, connect, type Dato, readProject } from "./context.ts";
import { withoutRetries } from "./datocms/budget.ts";
import { contentsOf, type Totals } from "./datocms/contents.ts";
import { figuresOf } from "./recovery/figures.ts";
import { type Inventory, inventoryOf } from "./recovery/inventory.ts";

/** Backups that are counted at most, and at a time; two calls each. */
const MOST_COUNTED = 20;
const LANES = 4;

/**
 * Reads what exists: four calls side by side, a fifth where the schedule's time zone is invalid, then two for
 * each backup whose contents are counted. Writes nothing.
 *
 * @param counts whether contents are counted, as far as calls and time go
 */
export async function readInventory(context: BackupContext, counts: boolean): Promise<Result<Inventory>> {
  const dato = connect(context);
  const [read, room] = await Promise.all([readProject(context, dato), dato.environments.planRoom()]);
  if (!read.ok) return read;
  const totals = counts ? await readTotals(dato, read.value.catalog.backups) : NOTHING;
  const cadences = figuresOf(read.value, context.project.policy.catchUp, context.cron);
  return succeeded(inventoryOf(read.value, cadences, room, totals));
}

const NOTHING: ReadonlyMap<string, Totals> = new Map();

/** The newest backups' contents, some at a time. Whatever refuses one answer is not asked for more. */
async function readTotals(
  { budget, options }: Dato,
  backups: readonly Backup[],
): Promise<ReadonlyMap<string, Totals>> {
  const oneTry = withoutRetries(budget);
  const contents = contentsOf(options, oneTry);
  const most = Math.min(MOST_COUNTED, Math.floor(budget.callsLeft() / 2));
  const queue = backups
    .filter(({ environment }) => environment.status === "ready")
    .slice(0, most)
    .map(({ id }) => id);
  const found = new Map<string, Totals>();
  const lane = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const totals = await contents.totals(id);
      if (!totals.ok || totals.value === "withheld") queue.length = 0;
      else if (totals.value !== undefined) found.set(id, totals.value);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}
