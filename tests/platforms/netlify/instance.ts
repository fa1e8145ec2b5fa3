/** One instance of a built function, in a worker of its own, whose variables are the deployment's. */
import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { loadFunction } from "../../../scripts/hosts/netlify/bootstrap.ts";

// For the tests' own sake: all instances of a run load the same files.
enableCompileCache(String(workerData.cache));

const invoke = await loadFunction(String(workerData.entryPoint), Number(workerData.remainingMs));
// The bootstrap loads it at the first request only; then it is here already.
await import(String(workerData.main));

// One request at a time, as everywhere where functions run.
parentPort?.on("message", async (event: object) => {
  const answer = await invoke(event);
  // The log's lines are there before the answer.
  await new Promise((written) => process.stdout.write("", written));
  parentPort?.postMessage(answer);
});
parentPort?.postMessage("ready");
