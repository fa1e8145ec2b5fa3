import * as z from "zod/mini";
import { archivesFor } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { orRefuse } from "../project.ts";

const argument = { name: "<archive>", help: "its id, `latest`, or a day: the newest of 2026-03-02" };
const options = z.object({});

export const archivePin = defineCommand({
  name: "archive pin",
  summary: "keep an archive, whatever the rules say",
  argument,
  examples: [
    ["archive pin latest", "the newest one"],
    ["archive pin 2026-03-02", "the newest one of a day"],
  ],
  options,
  async run(cli, _, [name]) {
    if (name === undefined) throw usageError("Name an archive, or `latest`.");
    const id = orRefuse(await (await archivesFor(cli)).pin(name));
    return {
      exit: 0,
      document: { ok: true, pin: { archive: id, pinned: true } },
      text: `✔ ${id} is pinned.`,
    };
  },
});

export const archiveUnpin = defineCommand({
  name: "archive unpin",
  summary: "let an archive go when the rules say so",
  argument,
  examples: [
    ["archive unpin latest", "the newest one"],
    ["archive unpin 2026-03-02", "the newest one of a day"],
  ],
  options,
  async run(cli, _, [name]) {
    if (name === undefined) throw usageError("Name an archive, or `latest`.");
    const id = orRefuse(await (await archivesFor(cli)).unpin(name));
    return {
      exit: 0,
      document: { ok: true, pin: { archive: id, pinned: false } },
      text: `✔ ${id} is not pinned any more.`,
    };
  },
});
