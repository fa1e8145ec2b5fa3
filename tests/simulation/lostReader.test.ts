import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { type ServerProcess, startServer } from "./serverProcess.ts";

let server: ServerProcess;
afterEach(() => server.kill());

it("the server goes on when nobody reads its log any more", async () => {
  server = await startServer({});
  server.child.stdout.destroy();
  await once(server.child.stdout, "close");
  for (let call = 0; call < 5; call += 1)
    expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
  expect(server.child.exitCode).toBeNull();
  server.child.kill("SIGTERM");
  expect(await server.gone).toBe(0);
});
