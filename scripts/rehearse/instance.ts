import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bareVariables, RUNNER } from "../runner.ts";
import { track } from "./commands.ts";
import { type Ask, Reply, type WireAnswer, type WireRequest } from "./wire.ts";

/** One process that runs a built function. */
export interface Instance {
  call(request: WireRequest): Promise<WireAnswer>;
  /** CPU that the process has used, ms. */
  cpuMs(): Promise<number>;
  /** What it has written. */
  log(): string;
  close(): Promise<void>;
}

/**
 * Starts a process that has these variables and no others, but for where Node keeps what it has compiled.
 *
 * @param script calls `serveRehearsal`
 */
export function startInstance(
  script: URL,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Instance {
  const { NODE_COMPILE_CACHE } = bareVariables();
  const child = fork(RUNNER, [fileURLToPath(script), ...args], {
    env: { NODE_COMPILE_CACHE, ...variables },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  track(child);
  let written = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });

  const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  child.on("message", (message) => {
    const reply = Reply.parse(message);
    waiting.get(reply.id)?.resolve(reply);
    waiting.delete(reply.id);
  });
  const exited = once(child, "exit").then(([code]) => {
    for (const { reject } of waiting.values())
      reject(new Error(`The function's process ended (${code}): ${written.slice(-1_000)}`));
    waiting.clear();
  });

  let asked = 0;
  const ask = (question: (id: number) => Ask): Promise<Reply> =>
    new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, { resolve, reject });
      child.send(question(asked), (error) => error && reject(error));
    });

  return {
    async call(request) {
      const reply = await ask((id) => ({ kind: "request", id, request }));
      if (reply.kind === "answer") return reply.answer;
      throw new Error(`The function failed: ${reply.kind === "failed" ? reply.reason : reply.kind}`);
    },
    async cpuMs() {
      const reply = await ask((id) => ({ kind: "cpu", id }));
      return reply.kind === "cpu" ? reply.ms : 0;
    },
    log: () => written,
    async close() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/**
 * Starts a process for one request, a preflight.
 *
 * @param url of the function
 * @returns ms from the start of the process to the answer
 * @throws Error when the answer is a server's error
 */
export async function firstAnswerMs(
  script: URL,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  url: string,
): Promise<number> {
  const began = performance.now();
  const instance = startInstance(script, args, variables);
  try {
    const { status } = await instance.call({ method: "OPTIONS", url, headers: {}, body: null });
    const ms = performance.now() - began;
    if (status >= 500) throw new Error(`${url} answered its first request with ${status}.`);
    return ms;
  } finally {
    await instance.close();
  }
}

/** Takes a `Request` apart for another process. */
export async function wireRequest(request: Request): Promise<WireRequest> {
  const { method, url, headers } = request;
  const body = request.body === null ? null : await request.text();
  return { method, url, headers: Object.fromEntries(headers), body };
}

export function responseOf({ status, headers, body }: WireAnswer): Response {
  return new Response(body === "" ? null : body, { status, headers });
}
