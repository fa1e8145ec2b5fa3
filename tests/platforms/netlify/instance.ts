/** One instance of a built function, in a worker of its own, whose variables are those of the deployment that calls. */
import { enableCompileCache, flushCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { loadFunction } from "../../../scripts/hosts/netlify/bootstrap.ts";
import { setVariables } from "../ownVariables.ts";

// For the tests' own sake: all instances of a run load the same files.
enableCompileCache(String(workerData.cache));

export interface InstanceCall {
  readonly variables: Readonly<Record<string, string>>;
  /** As Netlify gives it to a function. */
  readonly event: object;
}

const invoke = await loadFunction(String(workerData.entryPoint), Number(workerData.remainingMs));
// The bootstrap loads it at the first request only; then it is here already.
await import(String(workerData.main));
// Nobody waits for it to end, which is when it would be written.
flushCompileCache();

// One request at a time, as everywhere where functions run.
parentPort?.on("message", async ({ variables, event }: InstanceCall) => {
  setVariables(variables);
  const answer = await invoke(event);
  // The log's lines are there before the answer.
  await new Promise((written) => process.stdout.write("", written));
  parentPort?.postMessage(answer);
});
parentPort?.postMessage("ready");
