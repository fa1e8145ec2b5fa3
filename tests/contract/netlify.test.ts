import { netlify } from "./hosts/netlify.ts";
import { runContract } from "./runContract.ts";

runContract(netlify(), "host");
