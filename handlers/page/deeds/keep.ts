import { ANSWER_MS, BY_HAND } from "../../deeds.ts";
import { type RequestContext, serviceFor } from "../../requestContext.ts";
import { environmentIdIn } from "../../restoreGuide.ts";
import { formOf } from "../form.ts";
import { noteOf } from "./notes.ts";
import { back, createdAtIn } from "./sent.ts";

/** POST /backups/:environmentId/keep */
export async function keep(context: RequestContext): Promise<Response> {
  const environmentId = environmentIdIn(context);
  const form = await formOf(context);
  const name = form.get("name")?.trim() ?? "";
  const service = serviceFor(context, { budgetMs: ANSWER_MS });
  const kept = await service.keep({ ...BY_HAND, environmentId, createdAt: createdAtIn(form), name });
  return back(context, kept.ok ? "kept" : noteOf(kept.failure.cause));
}
