import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * CPU that processes of one name have used, ms, as Linux counts it to the nanosecond for each of their threads.
 *
 * @param name as Linux shows it
 * @param ancestor only processes that it has started, directly or not
 * @returns undefined where there is no /proc or no such process
 */
export function processorTime(name: string, ancestor: number): number | undefined {
  if (!existsSync("/proc/self/schedstat")) return undefined;
  const parents = new Map<number, { name: string; parent: number }>();
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : undefined;
    const found = stat === undefined ? null : /^\d+ \((.*)\) \S+ (\d+)/s.exec(stat);
    if (found !== null) parents.set(Number(entry), { name: found[1] ?? "", parent: Number(found[2]) });
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && (parent === ancestor || isOurs(parent));
  };
  const pids = [...parents.keys()].filter((pid) => parents.get(pid)?.name === name && isOurs(pid));
  if (pids.length === 0) return undefined;
  return pids.reduce((sum, pid) => sum + nanosecondsOf(pid), 0) / 1_000_000;
}

function nanosecondsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => Number(read(`${tasks}/${task}/schedstat`)?.split(" ")[0] ?? 0))
    .reduce((sum, ns) => sum + ns, 0);
}

/** A process may end while it is looked at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
