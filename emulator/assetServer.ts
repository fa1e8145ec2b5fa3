import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { AssetAnswer, AssetOutcome, AssetRequest } from "./content/uploads/assetHost.ts";
import type { Listening } from "./server.ts";

/**
 * Serves the asset host and the storage on 127.0.0.1, so that nobody else on the network reaches them.
 *
 * @param options.port 0: a free one
 */
export async function listenForAssets(
  perform: (request: AssetRequest) => Promise<AssetOutcome>,
  { port }: { port: number },
): Promise<Listening> {
  const server = createServer((request, response) => void serve(request, response, perform));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  perform: (request: AssetRequest) => Promise<AssetOutcome>,
): Promise<void> {
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const headers = new Map(
    Object.entries(incoming.headers).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
  );
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    return;
  }
  const body = Buffer.concat(chunks);
  const outcome = await perform({
    method: incoming.method ?? "GET",
    path: decodeURI(pathname),
    query: searchParams,
    headers,
    body,
  });
  if (outcome.kind === "dropped") incoming.socket.destroy();
  if (outcome.kind === "answer") write(response, outcome, headers.get("accept-encoding"));
}

/** Texts may come compressed, whole ones only (facts 4, "transfer encoding"). */
function write(response: ServerResponse, answer: AssetAnswer, accepts: string | undefined): void {
  const { status, headers, body, cutAfter } = answer;
  const isText = /^(?:text\/|image\/svg|application\/json)/.test(headers["Content-Type"] ?? "");
  if (status === 200 && isText && accepts?.includes("gzip") && cutAfter === null && body.byteLength > 0) {
    const packed = gzipSync(body);
    response.writeHead(status, {
      ...headers,
      "Content-Encoding": "gzip",
      "Content-Length": packed.byteLength,
    });
    response.end(packed);
    return;
  }
  response.writeHead(status, headers);
  if (cutAfter === null) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => response.socket?.destroy());
}
