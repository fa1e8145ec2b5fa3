import { serve } from "../../serve.ts";

/** `/api/jobs/initialize` by the address that older deployments have. */
export default serve("/.netlify/functions/initialization");
