import type { Check, Finding } from "../../../services/backupService.ts";
import { type Html, html } from "../html.ts";
import { mark, type State } from "../states.ts";

const STATE = { ok: "good", warn: "warning", fail: "bad" } as const satisfies Record<Finding["level"], State>;

/** What catches whoever falls, and the findings about it. */
const GROUPS: readonly (readonly [string, RegExp])[] = [
  ["Outside of DatoCMS", /^(?:NO_OFFSITE|ARCHIVE|STORE|SCHEDULE_LATE|VERIFY|JOB|CLOCK|SWEEP|PROOF)/],
  ["Alerts", /^ALERTS/],
  ["Room in the plan", /^(?:ROOM|ENVIRONMENT_LIMIT|OVERAGE)/],
  ["Guard", /^(?:BRAKE|SHRUNK)/],
];

/** All findings: those of the safety net by what they are about, the others behind them. */
export function safetyNet({ findings }: Check): Html {
  const groupOf = ({ code }: Finding) => GROUPS.find(([, codes]) => codes.test(code))?.[0];
  const rows = GROUPS.flatMap(([name]) =>
    findings.filter((each) => groupOf(each) === name).map((each) => row(each, name)),
  );
  const others = findings.filter((each) => groupOf(each) === undefined);
  const wrong = others.filter(({ level }) => level !== "ok");
  const right = others.filter(({ level }) => level === "ok");
  return html`<section id="net"><h2>Safety net</h2><ul class="findings">${rows}${wrong.map((each) => row(each))}</ul>
<details id="more-findings"><summary>What else was looked at</summary><ul class="findings">${right.map((each) => row(each))}</ul></details></section>`;
}

function row({ level, sentence, advice }: Finding, name?: string): Html {
  return html`<li>${mark(STATE[level])}<div>${name === undefined ? "" : html`<strong>${name}</strong>: `}${sentence}${advice === undefined ? "" : html` <span class="quiet">→ ${advice}</span>`}</div></li>`;
}
