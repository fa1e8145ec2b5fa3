import { serve } from "../serve.ts";

export default serve("/api/datocms/backup-status");
