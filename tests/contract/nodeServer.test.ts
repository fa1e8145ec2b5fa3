import { inProcess } from "./hosts/inProcess.ts";
import { nodeServer } from "./hosts/nodeServer.ts";
import { runContract } from "./runContract.ts";

runContract([inProcess(), nodeServer()]);
