import { Ask, type Reply, type WireAnswer, type WireRequest } from "./wire.ts";

/** In the process that runs a function: answers what the rehearsal asks, until it goes. */
export function serveRehearsal(answer: (request: WireRequest) => Promise<WireAnswer>): void {
  const reply = (message: Reply) => process.send?.(message);
  process.on("message", async (message) => {
    const ask = Ask.parse(message);
    const { id } = ask;
    if (ask.kind === "cpu") {
      const { user, system } = process.cpuUsage();
      reply({ kind: "cpu", id, ms: (user + system) / 1_000 });
      return;
    }
    try {
      reply({ kind: "answer", id, answer: await answer(ask.request) });
    } catch (error) {
      reply({ kind: "failed", id, reason: error instanceof Error ? (error.stack ?? error.message) : "" });
    }
  });
  process.once("disconnect", () => process.exit(0));
}
