/**
 * One instance of a built function, in a worker of its own: what Netlify's bootstrap expects of the machine
 * that runs it, and nothing of ours. The worker's variables are the deployment's. Imports as little as it can,
 * because every instance starts with it.
 */
import { enableCompileCache } from "node:module";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { parentPort, workerData } from "node:worker_threads";

type Handle = (event: unknown, stream: PassThrough, context: object) => Promise<unknown>;

// For the tests' own sake: all instances of a run load the same files.
enableCompileCache(String(workerData.cache));

let meta: unknown;
Object.assign(globalThis, {
  awslambda: {
    streamifyResponse: (handle: Handle) => handle,
    HttpResponseStream: {
      from(stream: PassThrough, given: unknown) {
        meta = given;
        return stream;
      },
    },
  },
});

const { handler }: { handler: Handle } = await import(String(workerData.entryPoint));
// The bootstrap loads it at the first request only; then it is here already.
await import(String(workerData.main));
const context = {
  awsRequestId: "request",
  getRemainingTimeInMillis: () => Number(workerData.remainingMs),
};

// One request at a time, as everywhere where functions run.
parentPort?.on("message", async (event: unknown) => {
  const stream = new PassThrough();
  const body = buffer(stream);
  await handler(event, stream, context);
  const answer = { meta, body: await body };
  // The log's lines are there before the answer.
  await new Promise((written) => process.stdout.write("", written));
  parentPort?.postMessage(answer);
});
parentPort?.postMessage("ready");
