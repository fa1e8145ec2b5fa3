import { checkDeployment, METRICS_MAX_AGE_MS, sharedFetch } from "../../../services/backupService.ts";
import { deploymentOf } from "../../check.ts";
import { maxAgeFor, type RequestContext } from "../../requestContext.ts";
import { type Html, html } from "../html.ts";
import { respondPage } from "../respond.ts";
import { mark, type State } from "../states.ts";

const STATE_OF = { ok: "good", warn: "warning", fail: "bad" } as const satisfies Record<string, State>;

/** GET / of somebody who is signed in: the check's findings, of what this process has read within the hour. */
export async function overview(context: RequestContext): Promise<Response> {
  const { env, var: variables } = context;
  const way = { ...env, maxAgeMs: maxAgeFor(context, METRICS_MAX_AGE_MS) };
  const { verdict, summary, findings } = await checkDeployment({
    ...deploymentOf(env, variables.access, variables.arrivedAt),
    fetch: sharedFetch(way),
  });
  const state = STATE_OF[verdict];
  const body = html`<section class="top ${state}"><h1>${mark(state)}${summary}</h1></section>
<section><h2>Findings</h2><ul class="findings">${findings.map(
    ({ level, sentence, advice }): Html =>
      html`<li>${mark(STATE_OF[level])}<div><p>${sentence}</p>${advice === undefined ? "" : html`<p class="quiet">→ ${advice}</p>`}</div></li>`,
  )}</ul></section>`;
  return respondPage(context, { title: summary, state, body });
}
