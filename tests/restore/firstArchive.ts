import { createHash } from "node:crypto";
import { TOKEN, type World } from "../emulator/support.ts";
import { stateOf } from "./judge.ts";
import type { Place } from "./place.ts";

/** An archive of a project that nobody had called before, in a store of its own. */
interface Made {
  readonly id: string;
  /** Puts a copy of everything that the host kept into another place. */
  readonly putInto: (place: Place) => Promise<void>;
  /** How long it took on the project's clock. */
  readonly ms: number;
}

const known = new Map<string, Made>();

/**
 * Makes the first archive of a project, or copies that of an equal one: hundreds of restores begin with the same project
 * at the same moment, whose archive has the same bytes each time, and takes a quarter of the whole test. How archives
 * are made is what tests/archive proves.
 *
 * @param place where the host keeps it; an archive is copied only where there is nothing yet
 * @param make really makes one, and answers its id
 */
export async function firstArchive(
  world: World,
  environment: string,
  place: Place,
  make: () => Promise<string>,
): Promise<string> {
  const { clock, emulator } = world;
  const isFirst = emulator.requests.length === 0 && (await place.files()).length === 0;
  if (!isFirst) return make();
  const key = `${place.kind} ${keyOf(world, environment)}`;
  const began = clock.monotonic();
  const present = known.get(key);
  if (present !== undefined) {
    await present.putInto(place);
    await clock.sleep(present.ms);
    return present.id;
  }
  const id = await make();
  known.set(key, { id, putInto: await place.copy(), ms: clock.monotonic() - began });
  return id;
}

/** All that an archive depends on: what there is, who asks for it, how the API behaves, and what time it is. */
function keyOf({ clock, emulator, project }: World, environment: string): string {
  const facts = [environment, clock.now(), project.settings, stateOf(emulator, TOKEN, environment)];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}
