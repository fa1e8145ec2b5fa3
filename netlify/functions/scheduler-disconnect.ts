import { serve } from "../serve.ts";

export default serve("/api/datocms/scheduler-disconnect");
