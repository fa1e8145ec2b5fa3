import { serveBelow } from "../serve.ts";

/** Jobs called by hand or from outside; the crons are functions of their own. */
export default serveBelow("jobs", "/api/jobs");
