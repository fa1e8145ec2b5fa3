import { hostname } from "node:os";
import type { Holders } from "../services/archiveService.ts";

/** This process as it names itself to others of this machine, which can tell of each other whether they are gone. */
export function processHolders(): Holders {
  const machine = hostname();
  return {
    name: `${machine}#${process.pid}#`,
    isGone(holder) {
      const [itsMachine, pid] = holder.split("#");
      return itsMachine === machine && pid !== undefined && isNone(Number(pid));
    },
  };
}

function isNone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
