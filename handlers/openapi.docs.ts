import * as z from "zod";
import { answer, type Docs } from "./schemas/docs.ts";
import { SERVICE } from "./schemas/failures.ts";

const summary = "This document";

export const OpenApi = z
  .looseObject({ openapi: z.string().regex(/^3\.1\./), info: z.looseObject({}), paths: z.looseObject({}) })
  .meta({ description: summary });

export const docs: Docs = {
  "/openapi.json": {
    tag: "looks",
    get: {
      id: "openapi",
      summary,
      answers: { 200: answer("OpenApi", summary, OpenApi), ...SERVICE },
    },
  },
};
