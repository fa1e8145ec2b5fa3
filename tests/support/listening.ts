import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach } from "vitest";

const servers: Server[] = [];

afterEach(stopListening);

/** Ends all that listen, before the test does; nobody is there any more when it resolves. */
export async function stopListening(): Promise<void> {
  for (const server of servers.splice(0)) {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/**
 * Answers on a port of its own until the test ends.
 *
 * @returns the address, without a slash at its end
 */
export async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
