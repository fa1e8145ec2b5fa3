import * as z from "zod/mini";
import { VERSION } from "../../utils/version.ts";
import { defineCommand } from "../command.ts";
import { PROGRAM } from "../usage.ts";

export const version = defineCommand({
  name: "version",
  summary: "say which version this is",
  examples: [
    ["version", "for people"],
    ["version --json", "for scripts"],
  ],
  options: z.object({}),
  async run() {
    const node = process.versions.node;
    return {
      exit: 0,
      document: { ok: true, version: VERSION, node },
      text: `${PROGRAM} ${VERSION}, on Node ${node}`,
    };
  },
});
