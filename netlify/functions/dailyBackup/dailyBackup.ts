import type { Config } from "@netlify/functions";
import { serveCron } from "../../serve.ts";

export default serveCron("daily", "/api/jobs/daily-backup");

// Netlify reads this without running it, and only a plain literal: anything else loses the schedule silently.
export const config: Config = { schedule: "5 * * * *" };
