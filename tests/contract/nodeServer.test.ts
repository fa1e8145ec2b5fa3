import { nodeServer } from "./hosts/nodeServer.ts";
import { runContract } from "./runContract.ts";

runContract(nodeServer(), "host");
