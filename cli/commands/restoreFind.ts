import * as z from "zod/mini";
import { searchQueryFrom } from "../../services/restoreService.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { orRefuse } from "../project.ts";
import { rateOf, restoresFor, sourceFrom } from "../restores.ts";

const USUAL_LIMIT = 20;

export const restoreFind = defineCommand({
  name: "restore find",
  summary: "find a record in an archive or a backup",
  description:
    "Finds records by a part of their title, by id, by their model's API key, or by the address of DatoCMS's editor; the newest come first.",
  argument: { name: "<words...>", help: "a title, id, API key or address" },
  flags: [
    { flags: "--archive <archive>", help: "look in an archive: its id, `latest` (default) or a day" },
    { flags: "--from <environment>", help: "look in an environment, for example a backup" },
    { flags: "--limit <number>", help: `how many are shown, ${USUAL_LIMIT} by default` },
    { flags: "--fast", help: "16 calls a second instead of 8" },
  ],
  examples: [
    ['restore find "winter jacket"', "by its title"],
    ["restore find product --from main --limit 99", "all of a model"],
  ],
  options: z.object({
    archive: z.optional(z.string()),
    from: z.optional(z.string()),
    limit: z.optional(z.string()),
    fast: z.optional(z.boolean()),
  }),
  async run(cli, { limit = String(USUAL_LIMIT), ...options }, words) {
    const query = searchQueryFrom(words.join(" "));
    if (query === undefined) throw usageError("Name what to look for, in at most 500 characters.");
    if (!/^[1-9]\d{0,2}$/.test(limit)) throw usageError("--limit is a number from 1 to 999.");
    const { archive, from } = options;
    const source = sourceFrom(archive === undefined && from === undefined ? { archive: "latest" } : options);
    const request = { source, query, most: Number(limit), callsPerSecond: rateOf(options) };
    const { found, total } = orRefuse(await restoresFor(cli, cli.io.interruption()).find(request));
    const lines = found.map(
      ({ id, model, title, status, updatedAt }) =>
        `${updatedAt?.slice(0, 10) ?? "          "}  ${id}  ${model.apiKey} “${title}”${status === null ? "" : `, ${status}`}`,
    );
    const more = total - found.length;
    const [only] = total === 1 ? found : [];
    const flag = source.kind === "archive" ? `--archive ${source.name}` : `--from ${source.id}`;
    return {
      exit: 0,
      document: { ok: true, find: { total, records: found } },
      text: [
        ...lines,
        ...(more > 0 ? [`and ${more} more: --limit ${Math.min(total, 999)} shows them`] : []),
        ...(total === 0 ? ["No record fits."] : []),
        ...(only === undefined
          ? []
          : [`To see it beside today's: restore preview ${flag} --into main --only record=${only.id}`]),
      ].join("\n"),
    };
  },
});
