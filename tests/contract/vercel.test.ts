import { vercelBuild } from "./hosts/vercelBuild.ts";
import { runContract } from "./runContract.ts";

runContract(vercelBuild(), "host");
