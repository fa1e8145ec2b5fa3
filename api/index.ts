import { serve } from "../vercel/serve.ts";

/** Every address that has no function of its own; `vercel.json` sends them here. */
export default { fetch: serve };
