import { serveBelow } from "../serve.ts";

/** Everything that no other function serves. */
export default serveBelow("app", "");
