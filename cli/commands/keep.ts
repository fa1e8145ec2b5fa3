import * as z from "zod/mini";
import { BY_HAND, keptAnswer } from "../../handlers/deeds.ts";
import { defineCommand } from "../command.ts";
import { doDeed } from "../deeds.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

export const keep = defineCommand({
  name: "keep",
  summary: "keep a backup for good, under a name of its own",
  description:
    "Renames a backup, so that no run counts or removes it any more. It takes a place in the plan until you delete it in DatoCMS.",
  argument: { name: "<backup>", help: "its id, as `list` shows it" },
  flags: [{ flags: "--name <name>", help: "what it is to be called: before-launch" }],
  examples: [
    ["keep backup-plugin-daily-2026-03-02 --name q1", "for good"],
    ["keep $ID --name q1 --json", "in a script"],
  ],
  options: z.object({ name: z.optional(z.string()) }),
  async run(cli, { name }, [environmentId]) {
    if (environmentId === undefined) throw usageError("Name a backup, as `list` shows it.");
    if (name === undefined) throw usageError("Say what it is to be called: --name before-launch");
    const kept = await doDeed(cli, (service) => service.keep({ ...BY_HAND, environmentId, name }));
    if (!kept.ok && kept.failure.cause === "INVALID_NAME") throw usageError(kept.failure.sentence);
    const answer = keptAnswer(orRefuse(kept));
    return {
      exit: 0,
      document: { ok: true, kept: answer },
      text: [
        wrap(`${environmentId} is kept as ${name}.`, cli.width, "✔ "),
        wrap(answer.sentence, cli.width, "  "),
      ].join("\n"),
    };
  },
});
