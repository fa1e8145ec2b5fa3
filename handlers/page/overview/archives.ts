import { counted } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";
import { time } from "../time.ts";
import { commands } from "./commands.ts";

/** An archive that one can go back to. */
export interface ArchiveShown {
  readonly id: string;
  /** Ms since the epoch. */
  readonly takenAt: number;
}

/** Rows that are shown; the command lists them all. */
const MOST = 10;

/** The complete archives, the newest first, with what can be done with each. */
export function archives(all: readonly ArchiveShown[], now: number): Html {
  if (all.length === 0) return html``;
  const rows = all.slice(0, MOST).map((archive) => row(archive, now));
  const more =
    all.length <= MOST
      ? ""
      : html`<p class="quiet">And ${counted(all.length - MOST, "older one")}: <code>datocms-backups archive list</code></p>`;
  return html`<section id="archives"><h2>Archives outside of DatoCMS (${all.length})</h2>
<table class="list"><caption class="sr">Complete archives, the newest first</caption>
<thead><tr><th scope="col">Of</th><th scope="col">What to do with it</th></tr></thead><tbody>${rows}</tbody></table>${more}</section>`;
}

function row({ id, takenAt }: ArchiveShown, now: number): Html {
  const byAdmin = '-H "Authorization: Bearer $ADMIN_SECRET"';
  return html`<tr><td data-label="Of">${time(takenAt, now)}</td><td>${commands(`archive-${id}`, id, [
    { cli: `archive show ${id}` },
    {
      cli: `archive download ${id}`,
      curl: `-o ${id}.tar ${byAdmin} "$URL/api/archives/${id}/download"`,
    },
    { cli: `diff ${id}` },
    { cli: `restore find 'winter jacket' --archive ${id}` },
  ])}</td></tr>`;
}
