import { cloudflare } from "./hosts/cloudflare.ts";
import { inProcess } from "./hosts/inProcess.ts";
import { runContract } from "./runContract.ts";

runContract([inProcess(), cloudflare()]);
