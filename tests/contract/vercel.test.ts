import { inProcess } from "./hosts/inProcess.ts";
import { vercelBuild } from "./hosts/vercelBuild.ts";
import { runContract } from "./runContract.ts";

runContract([inProcess(), vercelBuild()]);
