import * as z from "zod/mini";
import { archivesFor } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

export const archiveDelete = defineCommand({
  name: "archive delete",
  summary: "delete an archive, or get a deleted one back",
  description: "A deleted archive can be got back for seven days. A pinned one has to be unpinned first.",
  argument: { name: "<archive>", help: "its id, `latest`, or a day: the newest of 2026-03-02" },
  flags: [{ flags: "--undo", help: "get the deleted archive of this id back, and pin it" }],
  examples: [
    ["archive delete 2026-03-02", "the newest one of a day"],
    ["archive delete latest --undo", "get the last one back"],
  ],
  options: z.object({ undo: z.optional(z.boolean()) }),
  async run(cli, { undo = false }, [name]) {
    if (name === undefined) throw usageError("Name an archive, or `latest`.");
    const archives = await archivesFor(cli);
    if (undo) {
      const id = orRefuse(await archives.undelete(name));
      return {
        exit: 0,
        document: { ok: true, prune: { kept: [{ id, because: ["pinned"] }], deleted: [] } },
        text: wrap(`${id} is back, and pinned: it stays until you unpin it.`, cli.width, "✔ "),
      };
    }
    const id = orRefuse(await archives.delete(name));
    return {
      exit: 0,
      document: { ok: true, prune: { kept: [], deleted: [id] } },
      text: [
        `✔ ${id} is deleted.`,
        wrap(`For seven days this gets it back: archive delete ${id} --undo`, cli.width, "  "),
      ].join("\n"),
    };
  },
});
