import { netlifyHandler } from "./hosts/netlifyHandler.ts";
import { runContract } from "./runContract.ts";

runContract(netlifyHandler(), "development");
