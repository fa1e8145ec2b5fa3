import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { rawSocket } from "./rawSocket.ts";
import { type ServerProcess, startServer } from "./serverProcess.ts";

let server: ServerProcess;
afterEach(() => server.kill());

it("callers that never read their answers do not use up a small heap", async () => {
  server = await startServer({ NODE_OPTIONS: "--max-old-space-size=96" });
  const bytes = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(8);
  const callers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const { socket } = await rawSocket(server.port);
      socket.pause();
      socket.on("close", () => socket.destroy());
      return socket;
    }),
  );
  for (let round = 0; round < 20 && server.child.exitCode === null; round += 1) {
    for (const socket of callers.filter(({ writable }) => writable)) socket.write(bytes);
    await delay(50);
  }
  for (const socket of callers) socket.destroy();
  expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
});
