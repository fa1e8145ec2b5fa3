import { join } from "node:path";
import { ROOT } from "../../scripts/root.ts";
import { pack } from "../platforms/packed.ts";
import { builtOnce } from "./builtOnce.ts";

/** What a user starts, by the name of what is packed of it. */
const ENTRIES = { server: "node/server.ts", cli: "cli/main.ts" } as const;

/**
 * The server, or the command line, with all that it imports in a few files: it starts with a third of the work that
 * finding and reading five hundred files is. For tests of what it does once it runs; that it starts from its sources is
 * shown in `serverStart.test.ts` and `process.test.ts`.
 *
 * @returns the path of the file to start
 */
export async function packedEntry(name: keyof typeof ENTRIES): Promise<string> {
  const folder = await builtOnce("entries", async (directory) => {
    const mainFiles = Object.entries(ENTRIES).map(([of, path]) => [of, join(ROOT, path)]);
    await pack(Object.fromEntries(mainFiles), directory);
  });
  return join(folder, `${name}.mjs`);
}
