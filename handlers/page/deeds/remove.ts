import { METRICS_MAX_AGE_MS, type StoredBackup } from "../../../services/backupService.ts";
import { environmentNotFound } from "../../../utils/refusals.ts";
import { KIND } from "../../../utils/words.ts";
import { ANSWER_MS, BY_HAND } from "../../deeds.ts";
import { errorOf, orThrow } from "../../failures.ts";
import { lookingService, type RequestContext, serviceFor } from "../../requestContext.ts";
import { environmentIdIn } from "../../restoreGuide.ts";
import { formOf } from "../form.ts";
import { type Html, html } from "../html.ts";
import { commands } from "../overview/commands.ts";
import { respondPage } from "../respond.ts";
import { isFresh } from "../session.ts";
import { confirmAdmin } from "../signIn.ts";
import { mark } from "../states.ts";
import { timeInFull } from "../time.ts";
import { removal } from "./forms.ts";
import { noteOf } from "./notes.ts";
import { back, createdAtIn } from "./sent.ts";

const LOOK_MS = 7_500;

/** GET /backups/:environmentId/remove: asks for its id, and for the secret where that was typed over ten minutes ago. */
export function askToRemove(context: RequestContext): Promise<Response> {
  return question(context);
}

/** POST /backups/:environmentId/remove */
export async function remove(context: RequestContext): Promise<Response> {
  const environmentId = environmentIdIn(context);
  const form = await formOf(context);
  if (form.get("confirm")?.trim() !== environmentId)
    return question(context, "This is not its id. Nothing was removed.", 400);
  if (asksForSecret(context) && !(await confirmAdmin(context, form.get("secret") ?? "")))
    return question(context, "This is not the admin's secret. Nothing was removed.", 403);
  const service = serviceFor(context, { budgetMs: ANSWER_MS });
  const removed = await service.remove({ ...BY_HAND, environmentId, createdAt: createdAtIn(form) });
  return back(context, removed.ok ? "removed" : noteOf(removed.failure.cause));
}

/** A deed that destroys wants the secret again after ten minutes. */
function asksForSecret({ env, var: { visitor } }: RequestContext): boolean {
  return visitor?.by !== "session" || !isFresh(visitor, env.clock.now());
}

async function question(context: RequestContext, problem?: string, status?: 400 | 403): Promise<Response> {
  const id = environmentIdIn(context);
  const service = lookingService(context, LOOK_MS, { maxAgeMs: METRICS_MAX_AGE_MS });
  const { backups } = orThrow(await service.inventory(false));
  const stored = backups.find(({ backup }) => backup.id === id);
  if (stored === undefined)
    throw errorOf(
      environmentNotFound(
        id,
        backups.map(({ backup }) => backup.id),
      ),
    );
  const body = html`<section class="top warning"><h1>${mark("warning")}Remove this backup?</h1>
${problem === undefined ? "" : html`<p class="note bad" id="problem" role="alert">${problem}</p>`}
<p>${about(stored)} <strong>What is removed cannot be got back.</strong></p>
<form method="post" action="/backups/${id}/remove">
<p><label for="confirm">Type <code>${id}</code></label></p>
<p><input id="confirm" name="confirm" required autocomplete="off" autocapitalize="none" spellcheck="false" autofocus${problem === undefined ? "" : html` aria-describedby="problem"`}></p>
${asksForSecret(context) ? SECRET : ""}<input type="hidden" name="createdAt" value="${stored.backup.environment.createdAt}">
<p class="row"><button class="bad">Remove for good</button><a class="button" href="/">Leave it</a></p></form>
${commands("terminal", "The same at a terminal", [removal(id)])}</section>`;
  return respondPage(context, { title: `Remove ${id}?`, state: "warning", body, status });
}

const SECRET = html`<p><label for="secret">The admin's secret, again</label></p>
<p><input id="secret" name="secret" type="password" autocomplete="current-password" required></p>
`;

function about({ backup, is }: StoredBackup): Html {
  const made = html`It is the ${KIND[backup.cadence]} backup of ${timeInFull(backup.takenAt)}.`;
  if (is.state !== "held") return made;
  const why = is.because === "changed" ? "somebody worked in it" : "somebody forked from it";
  return html`${made} It is protected until ${timeInFull(is.until)}, because ${why}.`;
}
