import { createRequire } from "node:module";
import { join } from "node:path";
import { glob } from "@vercel/build-utils";
import { send } from "../../contract/send.ts";
import type { Launched } from "./launch.ts";
import { entrypoints, targetOf, vercelConfig } from "./project.ts";

const require = createRequire(import.meta.url);

/** Its own declarations leave this out. */
interface Builder {
  startDevServer(options: {
    files: object;
    entrypoint: string;
    workPath: string;
    repoRootPath: string;
    config: object;
    meta: object;
  }): Promise<{ port: number; pid: number; shutdown(): Promise<void> } | null>;
}

/**
 * Runs functions as `vercel dev` does: the builder's server, one process for each function that is called.
 *
 * @param workPath of a build; nothing is written there
 */
export async function devServer(
  workPath: string,
  variables: Readonly<Record<string, string>>,
): Promise<Launched> {
  const builder: Builder = require("@vercel/node");
  const config = vercelConfig();
  const functions = entrypoints();
  const files = await glob("{api,vercel}/**", workPath);
  const started = new Map<string, ReturnType<Builder["startDevServer"]>>();

  const start = (entrypoint: string) => {
    const server =
      started.get(entrypoint) ??
      builder.startDevServer({
        files,
        entrypoint,
        workPath,
        repoRootPath: workPath,
        config: { zeroConfig: true, framework: null, functions: config.functions },
        meta: {
          isDev: true,
          devCacheDir: join(workPath, ".vercel", "cache"),
          env: { ...variables },
          buildEnv: {},
        },
      });
    started.set(entrypoint, server);
    return server;
  };

  return {
    async call(request) {
      const { pathname, search } = new URL(request.url);
      const target = targetOf(config, functions, pathname);
      if (target?.kind !== "function") throw new Error(`No function answers ${pathname}.`);
      const server = await start(target.entrypoint);
      if (server === null) throw new Error(`${target.entrypoint} did not start.`);
      // What `vercel dev` adds for the function to see the address that was called.
      request.headers.set("x-forwarded-host", "project-one.test");
      request.headers.set("x-forwarded-proto", "http");
      return send(request, `http://127.0.0.1:${server.port}${pathname}${search}`);
    },
    async close() {
      for (const server of await Promise.all(started.values())) {
        if (server === null) continue;
        await server.shutdown();
        // It has been asked to end; whether it does is not waited for.
        try {
          process.kill(server.pid);
        } catch {
          // It has ended.
        }
      }
    },
  };
}
