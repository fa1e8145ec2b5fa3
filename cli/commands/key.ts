import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { defineCommand } from "../command.ts";

const KEY_BYTES = 32;

export const key = defineCommand({
  name: "key",
  summary: "make a key for BACKUP_STORE_KEY",
  description:
    "Prints 32 random bytes for BACKUP_STORE_KEY, in hexadecimal. Keep the key outside of the store: with it archives are signed, and they tell whether a secret of the project is still the same without holding it.",
  examples: [
    ["key", "for people"],
    ["key --json", "for scripts"],
  ],
  options: z.object({}),
  async run() {
    const made = randomBytes(KEY_BYTES).toString("hex");
    return { exit: 0, document: { ok: true, key: made }, text: made };
  },
});
