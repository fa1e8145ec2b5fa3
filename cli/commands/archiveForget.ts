import * as z from "zod/mini";
import { counted } from "../../utils/words.ts";
import { archivesFor } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

/** Ids of DatoCMS's are shorter. */
const ID = /^[\w-]{1,64}$/;

export const archiveForget = defineCommand({
  name: "archive forget",
  summary: "keep a record or an upload out of every restore",
  description:
    "Archives are never changed, so its bytes stay until the archives that hold them are deleted, by the rules or by you.",
  flags: [
    { flags: "--record <id>", help: "a record's id in DatoCMS" },
    { flags: "--upload <id>", help: "an upload's id in DatoCMS" },
  ],
  examples: [
    ["archive forget --record A4gkL_8pTZmcyJ-IlIEd2w", "a record"],
    ["archive forget --upload 123456", "a file"],
  ],
  options: z.object({ record: z.optional(z.string()), upload: z.optional(z.string()) }),
  async run(cli, { record, upload }) {
    const id = record ?? upload;
    if (id === undefined || (record !== undefined && upload !== undefined))
      throw usageError("Name one thing to forget: --record ID or --upload ID.");
    if (!ID.test(id)) throw usageError(`'${id}' is no id of DatoCMS's.`);
    const kind = record === undefined ? "upload" : "record";
    const { archives } = orRefuse(await (await archivesFor(cli)).forget({ kind, id }));
    const bytes =
      archives.length === 0
        ? "Archives that cannot be read may hold it."
        : `Its bytes are in ${counted(archives.length, "archive")} until those are deleted.`;
    return {
      exit: 0,
      document: { ok: true, forget: { kind, id, archives } },
      text: wrap(`The ${kind} ${id} is not restored any more. ${bytes}`, cli.width, "✔ "),
    };
  },
});
