import { inProcess } from "./hosts/inProcess.ts";
import { vercelDev } from "./hosts/vercelDev.ts";
import { runContract } from "./runContract.ts";

runContract([inProcess(), vercelDev()], "documented");
