import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import type { Clock } from "../utils/clock.ts";
import type { Outcome } from "./answer.ts";
import type { ApiRequest } from "./api.ts";

export type Listening = {
  /** Without a slash at its end: a `baseUrl` for the client. */
  url: string;
  port: number;
  /** Cuts what is still open, hung calls included. */
  close(): Promise<void>;
};

type Bindings = { Bindings: HttpBindings };

/**
 * Serves the API on 127.0.0.1, so that nobody else on the network reaches it.
 *
 * @param options.port 0: a free one
 * @param options.control mounted under /__emulator
 */
export async function listen(
  perform: (request: ApiRequest) => Promise<Outcome>,
  clock: Clock,
  options: { port: number; control: Hono | undefined },
): Promise<Listening> {
  const app = new Hono<Bindings>();
  if (options.control) app.route("/__emulator", options.control);
  app.all("*", (context) => serve(context, perform, clock));
  // Users have the global Response in hand as well: it must stay Node's own.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

async function serve(
  context: Context<Bindings>,
  perform: (request: ApiRequest) => Promise<Outcome>,
  clock: Clock,
): Promise<Response> {
  const { req, env } = context;
  const { pathname, searchParams } = new URL(req.url);
  const outcome = await perform({
    method: req.method,
    path: pathname,
    query: searchParams,
    headers: new Map(Object.entries(req.header())),
    body: await req.text(),
  });
  if (outcome.kind === "hung") return new Promise(() => {});
  if (outcome.kind === "dropped") {
    env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  // Written by hand, because the headers must leave before the body is there.
  const { status, headers, body, bodyDelayMs } = outcome;
  env.outgoing.writeHead(status, headers);
  if (bodyDelayMs > 0) {
    env.outgoing.flushHeaders();
    await clock.sleep(bodyDelayMs);
  }
  env.outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address;
}
