import * as z from "zod/mini";
import { BY_HAND, removedAnswer } from "../../handlers/deeds.ts";
import { type Cli, defineCommand } from "../command.ts";
import { doDeed } from "../deeds.ts";
import { CommandError, usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

export const remove = defineCommand({
  name: "remove",
  summary: "remove a backup for good",
  description:
    "Removes a backup for good; never the last one that is sure to stay. It asks for the id to be typed again. In a script, where nobody can be asked, --confirm says it.",
  argument: { name: "<backup>", help: "its id, as `list` shows it" },
  flags: [{ flags: "--confirm <backup>", help: "the same id again, instead of the question" }],
  examples: [
    ["remove backup-plugin-daily-2026-03-02", "asks first"],
    ["remove $ID --confirm $ID", "in a script"],
  ],
  options: z.object({ confirm: z.optional(z.string()) }),
  async run(cli, { confirm }, [environmentId]) {
    if (environmentId === undefined) throw usageError("Name a backup, as `list` shows it.");
    const typed = confirm ?? (await ask(cli, environmentId));
    if (typed !== environmentId)
      throw new CommandError(1, "NOT_CONFIRMED", `That is not ${environmentId}. Nothing was removed.`);
    const removed = await doDeed(cli, (service) => service.remove({ ...BY_HAND, environmentId }));
    const answer = removedAnswer(orRefuse(removed));
    return {
      exit: 0,
      document: { ok: true, removed: answer },
      text: wrap(`${environmentId} is removed.`, cli.width, "✔ "),
    };
  },
});

/** @throws CommandError 2 where nobody can be asked */
async function ask({ io }: Cli, id: string): Promise<string> {
  if (io.ask === undefined)
    throw usageError(`Nobody can be asked here. Say it twice: remove ${id} --confirm ${id}`);
  return (await io.ask(`This cannot be undone. Type ${id} to remove it: `)).trim();
}
