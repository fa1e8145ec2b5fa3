import type { Docs } from "./schemas/docs.ts";
import { DATOCMS } from "./schemas/failures.ts";

export const docs: Docs = {
  "/metrics": {
    tag: "looks",
    get: {
      id: "metrics",
      summary: "What exists in figures, for Prometheus",
      parameters: ["fresh"],
      answers: {
        200: {
          name: "Metrics",
          description: "What exists, in figures",
          texts: ["text/plain", "application/openmetrics-text"],
        },
        ...DATOCMS,
      },
    },
  },
};
