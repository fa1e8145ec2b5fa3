import { inProcess } from "./hosts/inProcess.ts";
import { netlifyHandler } from "./hosts/netlifyHandler.ts";
import { runContract } from "./runContract.ts";

runContract([inProcess(), netlifyHandler()], "documented");
