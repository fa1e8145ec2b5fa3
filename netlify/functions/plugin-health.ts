import { serve } from "../serve.ts";

export default serve("/api/datocms/plugin-health");
