import { cloudflare } from "./hosts/cloudflare.ts";
import { runContract } from "./runContract.ts";

runContract(cloudflare(), "host");
