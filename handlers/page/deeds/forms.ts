import type { StoredBackup } from "../../../services/backupService.ts";
import type { Bearer } from "../../../utils/auth.ts";
import { CADENCES } from "../../../utils/config.ts";
import { capitalised, KIND } from "../../../utils/words.ts";
import { all, type Html, html } from "../html.ts";
import { type Command, commands } from "../overview/commands.ts";

/** Somebody who looks at the forms. */
interface Who {
  readonly bearer: Bearer;
}

const BY_ADMIN = '-H "Authorization: Bearer $ADMIN_SECRET" "$URL/api/backups/';

/** Makes a backup now; whoever may only read sees how it is done. */
export function backupNowForm({ bearer }: Who): Html {
  const kinds = CADENCES.map((each) => html`<option value="${each}">${capitalised(KIND[each])}</option>`);
  const form = html`<form method="post" action="/backups/now" class="row">
<label for="kind">Kind of backup</label><select id="kind" name="kind">${kinds}</select>
<button class="main">Back up now</button></form>`;
  return all([
    bearer === "reader" ? "" : form,
    commands("make", "Back up now, at a terminal", [
      {
        cli: "backup daily",
        curl: '-X POST -H "Authorization: Bearer $SECRET" "$URL/api/datocms/backup-now"',
      },
    ]),
  ]);
}

/** What can be done with one backup that is ready: keep it for good, or remove it. */
export function rowActions({ backup }: StoredBackup, { bearer }: Who): Html {
  const { id, environment } = backup;
  if (environment.status !== "ready") return html``;
  return all([
    bearer === "admin" ? adminForms(id, environment.createdAt) : FOR_ADMINS,
    commands(`deeds-${id}`, "Keep or remove it, at a terminal", [
      {
        cli: `keep ${id} --name before-launch`,
        curl: `-X POST ${BY_ADMIN}${id}/keep" -d '{"name":"before-launch"}'`,
      },
      removal(id),
    ]),
  ]);
}

const FOR_ADMINS = html`<p class="quiet">To keep or remove it, sign in with <code>BACKUP_ADMIN_SECRET</code>.</p>`;

function adminForms(id: string, createdAt: number): Html {
  return html`<form method="post" action="/backups/${id}/keep" class="row">
<label for="name-${id}">Keep it for good, as</label>
<input id="name-${id}" name="name" required maxlength="63" pattern="[a-z0-9][a-z0-9\\-]*" title="lower-case letters, digits and dashes" placeholder="before-launch" autocomplete="off" autocapitalize="none" spellcheck="false">
<input type="hidden" name="createdAt" value="${createdAt}"><button>Keep</button></form>
<p><a class="button bad" href="/backups/${id}/remove">Remove…</a></p>`;
}

/** A removal at a terminal. */
export function removal(id: string): Command {
  return {
    cli: `remove ${id} --confirm ${id}`,
    curl: `-X DELETE ${BY_ADMIN}${id}" -d '{"confirm":"${id}"}'`,
  };
}
