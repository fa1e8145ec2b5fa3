import { createHash } from "node:crypto";
import { cpSync, mkdtempSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { TOKEN, type World } from "../emulator/support.ts";
import { stateOf } from "./judge.ts";

/** An archive of a project that nobody had called before, in a store of its own. */
interface Made {
  readonly id: string;
  /** A copy of everything that the host kept on its disk. */
  readonly folder: string;
  /** How long it took on the project's clock. */
  readonly ms: number;
}

const known = new Map<string, Made>();

/**
 * Makes the first archive of a project, or copies that of an equal one: hundreds of restores begin with the same project
 * at the same moment, whose archive has the same bytes each time, and takes a quarter of the whole test. How archives
 * are made is what tests/archive proves.
 *
 * @param folder what the host keeps on its disk; an archive is copied only where it is empty
 * @param make really makes one, and answers its id
 */
export async function firstArchive(
  world: World,
  environment: string,
  folder: string,
  make: () => Promise<string>,
): Promise<string> {
  const { clock, emulator } = world;
  const isFirst = emulator.requests.length === 0 && (await readdir(folder)).length === 0;
  if (!isFirst) return make();
  const key = keyOf(world, environment);
  const began = clock.monotonic();
  const present = known.get(key);
  if (present !== undefined) {
    cpSync(present.folder, folder, { recursive: true });
    await clock.sleep(present.ms);
    return present.id;
  }
  const id = await make();
  const copy = mkdtempSync(join(inject("runFolder"), "archive-"));
  cpSync(folder, copy, { recursive: true });
  known.set(key, { id, folder: copy, ms: clock.monotonic() - began });
  return id;
}

/** All that an archive depends on: what there is, who asks for it, how the API behaves, and what time it is. */
function keyOf({ clock, emulator, project }: World, environment: string): string {
  const facts = [environment, clock.now(), project.settings, stateOf(emulator, TOKEN, environment)];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}
