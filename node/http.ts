import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "../utils/logger.ts";

/** How much of the server one caller, and all of them together, may take. */
export interface HttpLimits {
  /** A request that has not come to its end so long after it has begun, or the connection, is cut off; ms. */
  readonly requestMs: number;
  /** A caller who takes nothing of its answer for so long is cut off; ms. */
  readonly answerMs: number;
  /** Connections at one time; any more are closed as they come. */
  readonly connections: number;
  /** Requests on one connection whose answers are outstanding; with more it is closed. */
  readonly ahead: number;
}

const LIMITS: HttpLimits = { requestMs: 15_000, answerMs: 15_000, connections: 256, ahead: 8 };

/** Late requests are looked for this often; Node's own 30 s would let them have three times what they may. */
const CHECK_MS = 1_000;
/** That there are too many connections is logged once in this time. */
const FULL_PAUSE_MS = 60_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** A longer body is read only where it is awaited; before that nobody is told to go on and send it. */
const MAX_EXPECTED_BYTES = 64 * 1024;

/** A caller that is still sending after its answer may do so for this long (ms), and this much. */
const LATER_MS = 500;
const LATER_BYTES = 8 * 1024 * 1024;
const LOOK_MS = 20;

export interface HttpOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Undefined listens on all interfaces. */
  readonly hostname?: string | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
  readonly logger: Logger;
}

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /**
   * Takes no more requests, and ends at once every connection on which no request waits for its answer.
   *
   * @returns resolves when the last of the others has ended too
   */
  close(): Promise<void>;
  /** Ends every connection. */
  cut(): void;
}

/** A request as Node hands it over. */
export interface Incoming extends Pick<IncomingMessage, "headers" | "socket"> {
  /** Lets the body take longer than a request may, and have its sender go on who waits to be told so. */
  awaitBody(): void;
}

/** A request and its answer to be. */
type Turn = readonly [incoming: IncomingMessage, outgoing: ServerResponse];

/**
 * Serves HTTP/1 within limits: a connection is answered one request after the other, and the next one is begun
 * only when the answer before it was taken, so that callers who read nothing cost one answer each.
 *
 * @param respond never rejects
 * @throws Error with `code: "EADDRINUSE"` and the like when it cannot listen
 */
export async function listen(
  respond: (request: Request, incoming: Incoming) => Promise<Response>,
  options: HttpOptions,
): Promise<HttpServer> {
  const limits = { ...LIMITS, ...options.limits };
  const connections = new Map<Socket, Turn[]>();
  /** Those of awaited bodies. */
  const patient = new WeakSet<Socket>();
  let isClosing = false;

  const answer = getRequestListener(
    async (request, { incoming, outgoing }) => {
      const { headers, socket } = incoming;
      const awaitBody = () => {
        patient.add(socket);
        if (isExpectant(incoming) && !isSmall(incoming)) outgoing.writeContinue();
      };
      const response = await respond(request, { headers, socket, awaitBody });
      patient.delete(socket);
      if (isClosing || !incoming.complete) outgoing.setHeader("Connection", "close");
      if (!incoming.complete) endLater(socket);
      socket.setTimeout(limits.answerMs);
      return response;
    },
    // Health checks by HTTP/1.0 name no host.
    { hostname: "localhost", overrideGlobalObjects: false },
  );

  const serve = ([incoming, outgoing]: Turn) => {
    const { socket } = incoming;
    // A run may take longer than an answer may be left lying.
    socket.setTimeout(0);
    if (isExpectant(incoming) && isSmall(incoming)) outgoing.writeContinue();
    const answered = async () => {
      await answer(incoming, outgoing);
      // An address that is none is refused without `respond`.
      if (!outgoing.writableFinished) socket.setTimeout(limits.answerMs);
    };
    answered().catch(() => socket.destroy());
  };

  const take = (...turn: Turn) => {
    const [{ socket }, outgoing] = turn;
    const turns = connections.get(socket);
    // Node goes on with what it has read of a connection that was closed meanwhile.
    if (turns === undefined || socket.destroyed) return;
    if (turns.push(turn) > limits.ahead) return void socket.destroy();
    outgoing.once("close", () => {
      turns.shift();
      if (isClosing) socket.destroySoon();
      else if (turns[0] !== undefined && !socket.destroyed) serve(turns[0]);
    });
    if (turns.length === 1) serve(turn);
  };

  const server = createServer({
    requestTimeout: limits.requestMs,
    headersTimeout: limits.requestMs,
    connectionsCheckingInterval: CHECK_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  server.maxConnections = limits.connections;
  server.on("connection", (socket) => {
    connections.set(socket, []);
    socket.once("close", () => connections.delete(socket));
  });
  let toldAt = Number.NEGATIVE_INFINITY;
  server.on("drop", () => {
    if (performance.now() - toldAt < FULL_PAUSE_MS) return;
    toldAt = performance.now();
    options.logger.warn("connections_full", { most: limits.connections });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    // Node tells it once of a request.
    if (error.code === "ERR_HTTP_REQUEST_TIMEOUT" && patient.has(socket)) return;
    const [first] = connections.get(socket) ?? [];
    if (socket.writable && first?.[1].headersSent !== true) socket.write(refusalOf(error));
    socket.destroy(error);
  });
  server.on("request", take);
  server.on("checkContinue", take);
  server.listen(options.port, options.hostname);
  await once(server, "listening");

  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    async close() {
      isClosing = true;
      const closed = once(server, "close");
      server.close();
      for (const [socket, [turn]] of connections)
        if (turn === undefined || isHalfSent(turn)) socket.destroy();
      await closed;
    },
    cut: () => server.closeAllConnections(),
  };
}

/**
 * Lets the end of a connection wait for its caller, which is still sending: closed at once, the connection would
 * break under it, and most clients then never read the answer that has come.
 */
function endLater(socket: Socket): void {
  const began = performance.now();
  const alreadyRead = socket.bytesRead;
  let look: NodeJS.Timeout | undefined;
  // Node ends a connection by this method.
  socket.destroySoon = () => {
    socket.end();
    look ??= setInterval(() => {
      const isOver = performance.now() - began > LATER_MS || socket.bytesRead - alreadyRead > LATER_BYTES;
      if (isOver) socket.destroy();
    }, LOOK_MS);
  };
  socket.once("close", () => clearInterval(look));
}

/** Its sender waits to be told that the body is wanted. */
function isExpectant({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers.expect?.toLowerCase() === "100-continue";
}

/** One without a length is bounded by whoever reads it. */
function isSmall({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return Number(headers["content-length"] ?? 0) <= MAX_EXPECTED_BYTES;
}

/** The last words to a sender whose request cannot be understood or does not end: those of Node's own. */
function refusalOf({ code }: NodeJS.ErrnoException): string {
  const status =
    code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? "408 Request Timeout"
      : code === "HPE_HEADER_OVERFLOW"
        ? "431 Request Header Fields Too Large"
        : code === "HPE_CHUNK_EXTENSIONS_OVERFLOW"
          ? "413 Payload Too Large"
          : "400 Bad Request";
  return `HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`;
}

function isHalfSent([incoming, outgoing]: Turn): boolean {
  return !incoming.complete && !outgoing.headersSent;
}
