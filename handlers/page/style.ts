import type { RequestContext } from "../requestContext.ts";
import { cachedFile } from "./cachedFile.ts";

/**
 * The one stylesheet. For pages: `section` is a card; `.mark`, `.note` and `.bar` take a state's name beside theirs
 * (good, busy, warning, bad, unknown); `table.list` becomes a list on a phone, with `data-label` of each `td` before
 * its text; `.button` is a link that looks like one, `.main` the button to press, `.quiet` small print, `.row` things side
 * by side, `.sr` for screen readers alone, `.wide` what may scroll sideways by itself.
 */
const STYLE = `
:root{color-scheme:light dark;--page:#f4f6f8;--card:#fff;--text:#1b2230;--quiet:#566070;--line:#d3d9e0;--link:#0b57d0;--on:#fff;--good:#17742f;--busy:#0b57d0;--warning:#855400;--bad:#b3261e;--unknown:#566070}
@media(prefers-color-scheme:dark){:root{--page:#12161c;--card:#1b2027;--text:#e7eaef;--quiet:#a6afbc;--line:#38404b;--link:#8ab4f8;--on:#10141a;--good:#6fd08c;--busy:#8ab4f8;--warning:#f2b84b;--bad:#ff9189;--unknown:#a6afbc}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:62rem;margin:0 auto;padding:.5rem 1rem}
header{display:flex;flex-wrap:wrap;align-items:center;gap:0 1.25rem}
header strong{flex:1 1 10rem;font-size:1.1rem}
header a,header button,footer a{display:inline-flex;align-items:center;min-height:44px}
header a[aria-current]{color:var(--text);font-weight:600;text-decoration-thickness:2px}
footer{color:var(--quiet);font-size:.875rem;display:flex;flex-wrap:wrap;gap:0 1rem;align-items:center}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;background:var(--card)}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0}h2{font-size:1.1rem;margin:0 0 .5rem}h3{font-size:1rem;margin:.5rem 0 .25rem}
p{margin:.35rem 0}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:0 0 1rem}
.top{border-left:.5rem solid var(--unknown)}
.top.good{border-color:var(--good)}.top.busy{border-color:var(--busy)}.top.warning{border-color:var(--warning)}.top.bad{border-color:var(--bad)}
.mark{display:inline-block;min-width:1.5em;font-weight:700}
.good>.mark,.mark.good{color:var(--good)}.mark.busy{color:var(--busy)}.mark.warning{color:var(--warning)}.mark.bad{color:var(--bad)}.mark.unknown{color:var(--unknown)}
.note{border:1px solid var(--line);border-left:.35rem solid var(--unknown);border-radius:.35rem;padding:.5rem .75rem;margin:0 0 1rem;background:var(--card)}
.note.good{border-left-color:var(--good)}.note.busy{border-left-color:var(--busy)}.note.warning{border-left-color:var(--warning)}.note.bad{border-left-color:var(--bad)}
body>.note{max-width:60rem;margin:0 auto 1rem}
.quiet{color:var(--quiet);font-size:.875rem}
.row{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}
form{margin:0}form p{margin:.6rem 0}label{font-weight:600}
button,.button,input,select{font:inherit;min-height:44px;border-radius:.4rem;border:1px solid var(--quiet);padding:.4rem .9rem;background:var(--card);color:var(--text)}
button,.button{cursor:pointer;display:inline-flex;align-items:center;text-decoration:none}
button.main,.button.main{background:var(--link);border-color:var(--link);color:var(--on);font-weight:600}
button.bad,.button.bad{border-color:var(--bad);color:var(--bad)}
button.plain{border:0;background:none;color:var(--link);padding:0;text-decoration:underline}
input:not([type=checkbox]){width:100%;max-width:26rem}
summary{cursor:pointer;min-height:44px;display:flex;align-items:center}summary::before{content:"▸";margin-right:.5rem}[open]>summary::before{content:"▾"}
ul.findings{list-style:none;margin:0;padding:0}ul.findings li{display:flex;padding:.35rem 0;border-top:1px solid var(--line)}ul.findings li:first-child{border:0}.findings .mark{flex:none}.findings p:first-child{margin-top:0}
code,pre{font:.875em ui-monospace,monospace;background:var(--page);border-radius:.25rem;padding:.1em .3em}pre{padding:.75rem;overflow-x:auto;white-space:pre-wrap}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}caption{text-align:left}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-top:1px solid var(--line)}thead th{border:0;font-size:.875rem;color:var(--quiet)}
svg{max-width:100%;height:auto;display:block}svg.timeline{width:100%;height:70px}svg text{fill:var(--quiet);font-size:12px}
svg .good{fill:var(--good)}svg .busy{fill:var(--busy)}svg .warning{fill:var(--warning)}svg .bad{fill:var(--bad)}svg .unknown{fill:var(--unknown)}svg .line{stroke:var(--line)}
@media(max-width:40rem){header strong{flex-basis:100%}table.list thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}table.list,table.list tbody,table.list tr,table.list td,table.list th{display:block;border:0;padding:0}table.list tr{padding:.6rem 0;border-top:1px solid var(--line)}table.list td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet)}}
form.row{align-items:end}form.row>label{align-self:center}td.fit,td time,.list thead th{white-space:nowrap}@media(max-width:40rem){table.list td.fit{display:inline-block;padding-right:1rem}}
@media print{header nav,header form,button,.button{display:none}section{break-inside:avoid}}
`;

const file = cachedFile("/style.css", "text/css; charset=utf-8", STYLE);
export const stylePath: string = file.address;
/** GET /style.css */
export const style: (context: RequestContext) => Response = file.handle;
