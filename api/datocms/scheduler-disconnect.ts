import { serve } from "../../vercel/serve.ts";

export default { fetch: serve };
