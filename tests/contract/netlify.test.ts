import { inProcess } from "./hosts/inProcess.ts";
import { netlify } from "./hosts/netlify.ts";
import { runContract } from "./runContract.ts";

runContract([inProcess(), netlify()]);
