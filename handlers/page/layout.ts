import { VERSION } from "../../utils/version.ts";
import { type Html, html } from "./html.ts";
import { iconPath } from "./icon.ts";
import { scriptPath } from "./script.ts";
import { type State, signOf } from "./states.ts";
import { stylePath } from "./style.ts";

/** A page without its frame. */
export interface Content {
  /** For the browser's tab, the headline first. */
  readonly title: string;
  readonly state: State;
  /** Stands in `main`, whose children the script replaces one by one. */
  readonly body: Html;
  /** After so many seconds the page is looked at again, while somebody sees it; absent: never. */
  readonly refreshSeconds?: number | undefined;
}

/** The one who looks. */
export type Reader =
  | { readonly kind: "signedOut" }
  /** `by`: a session can be ended, what a browser sends with each request cannot. */
  | { readonly kind: "signedIn"; readonly by: "session" | "basic"; readonly project: string | undefined };

const NAVIGATION = [
  ["/", "Overview"],
  ["/runs", "Runs"],
] as const;

/** Without script, pages come anew more seldom: all of them, and whatever is typed in them. */
const LEAST_WITHOUT_SCRIPT = 10;

/**
 * A whole page.
 *
 * @param path of the page, for the navigation
 */
export function layout({ title, state, body, refreshSeconds }: Content, reader: Reader, path: string): Html {
  const name = (reader.kind === "signedIn" ? reader.project : undefined) ?? "DatoCMS backups";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${signOf(state)} ${title} · ${name}</title>
<link rel="icon" href="${iconPath(state)}" type="image/svg+xml">
<link rel="stylesheet" href="${stylePath}">
<script src="${scriptPath}" defer></script>
${refreshSeconds === undefined ? "" : html`<noscript><meta http-equiv="refresh" content="${Math.max(refreshSeconds, LEAST_WITHOUT_SCRIPT)};url=${path}"></noscript>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><strong>${name}</strong>${reader.kind === "signedIn" ? navigation(reader.by, path) : ""}</header>
<main id="main" tabindex="-1"${refreshSeconds === undefined ? "" : html` data-poll="${refreshSeconds}"`}>${body}</main>
<footer><span>datocms-backups ${VERSION}</span>${reader.kind === "signedIn" ? html`<span id="zone">Times are UTC.</span>` : ""}</footer>
</body>
</html>
`;
}

function navigation(by: "session" | "basic", path: string): Html {
  const links = NAVIGATION.map(([address, name]) => {
    const current = path === address ? html` aria-current="page"` : "";
    return html`<a href="${address}"${current}>${name}</a>`;
  });
  const out = html`<form method="post" action="/session/end"><button class="plain">Sign out</button></form>`;
  return html`<nav class="row" aria-label="Pages">${links}</nav>${by === "session" ? out : ""}`;
}
