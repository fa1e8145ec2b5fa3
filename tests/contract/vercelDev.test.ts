import { vercelDev } from "./hosts/vercelDev.ts";
import { runContract } from "./runContract.ts";

runContract(vercelDev(), "development");
