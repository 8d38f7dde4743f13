import { graphStyle } from './graph-style.ts';
import { pictureStyle } from './picture-style.ts';

/** The page's style sheet: the reader's own fonts, both colour schemes, nothing loaded. */
export const style = `
:root{color-scheme:light dark;--bg:#f5f4f1;--card:#fff;--ink:#1c1b20;--soft:#5b5863;--line:#dad7d0;--faint:#9a97a1;
--good:#12704a;--good-tint:#e6f3ec;--warn:#8a5000;--warn-tint:#fdf1da;--bad:#b01c27;--bad-tint:#fce8e7;--settle:#2f5fb3;--settle-tint:#e8eefa;--odd:#57536c;--odd-tint:#ecebf2;--link:#1b5aa6;--on:#fff;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{--bg:#121217;--card:#1b1b22;--ink:#ecebf0;--soft:#a9a6b4;--line:#34333e;--faint:#6d6a78;
--good:#62d09b;--good-tint:#14271e;--warn:#f2b75c;--warn-tint:#2c2312;--bad:#ff8f89;--bad-tint:#351a1c;--settle:#8fb4f5;--settle-tint:#1b2537;--odd:#b9b5cc;--odd-tint:#25242f;--link:#8ab8f5;--on:#121217}}
*{box-sizing:border-box}
html{background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
body{margin:0 auto;max-width:1040px;padding:16px 20px 32px}
p,h1,h2,h3,dl,dd,ul,ol,figure{margin:0;padding:0}
ul,ol{list-style:none}
a{color:var(--link)}
code{font:.87em/1.5 var(--mono)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
header{display:flex;gap:4px 24px;justify-content:space-between;align-items:baseline;flex-wrap:wrap;margin-bottom:12px}
.who strong{font-size:17px;overflow-wrap:anywhere}
.who span{color:var(--soft);margin-left:10px}
#stream{color:var(--soft);font-size:14px}
.dot{display:inline-block;width:9px;height:9px;border-radius:50%;border:2px solid var(--faint);margin-right:7px}
[data-stream=live] .dot{background:var(--good);border-color:var(--good)}
[data-stream=lost] #stream{background:var(--warn-tint);color:var(--warn);border:1px solid;border-radius:6px;padding:3px 10px}
[data-stream=lost] .dot{border-color:currentColor;border-radius:0}
[data-stream=lost] main{filter:grayscale(.8)}
section{min-width:0}
main>section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 20px;margin-bottom:14px}
main>section:empty{display:none}
main>#verdict{padding:0;border:0;background:none}
h2{font-size:15px;margin-bottom:10px}
.quiet,.legend{color:var(--soft)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.mark{width:1.15em;height:1.15em;flex:none;vertical-align:-.2em;fill:none;stroke:var(--on);stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}
.mark circle,.mark .fill{fill:var(--tone);stroke:var(--tone)}
.settling{--tone:var(--settle);--tint:var(--settle-tint)}
.healthy,.pass,.yes,.linked,.good,.ready{--tone:var(--good);--tint:var(--good-tint)}
.degraded,.warn,.warning,.one-sided,.troubled{--tone:var(--warn);--tint:var(--warn-tint)}
.broken,.fail,.critical,.no,.missing,.bad,.absent,.out{--tone:var(--bad);--tint:var(--bad-tint)}
.unknown,.info,.quiet-check,.silent{--tone:var(--odd);--tint:var(--odd-tint)}
.verdict{display:grid;grid-template-columns:auto 1fr;gap:12px 18px;background:var(--tint);border:1px solid var(--tone);border-left-width:7px;border-radius:10px;padding:18px 22px}
.verdict>.mark{width:58px;height:58px;margin-top:3px;stroke-width:2.4}
.together{display:flex;gap:10px;align-items:baseline;background:var(--tint);border:1px solid var(--tone);border-radius:10px;padding:9px 16px;margin-bottom:10px;overflow-wrap:anywhere}
.badges{display:flex;gap:8px;flex-wrap:wrap}
.badge{display:inline-block;color:var(--tone);border:1px solid;border-radius:99px;padding:0 10px;font-size:13px;font-weight:600;line-height:21px}
.badges .badge{background:var(--tone);color:var(--on);border-color:var(--tone);text-transform:uppercase;letter-spacing:.05em}
.badges .badge+.badge{background:none;color:var(--tone)}
h1 small{font-size:.6em;font-weight:400;color:var(--soft);white-space:nowrap}
h1{font-size:clamp(21px,3.6vw,29px);line-height:1.2;margin:7px 0 4px;text-wrap:balance}
.why{font-size:16px;overflow-wrap:anywhere}
.facts{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:8px 30px;border-top:1px solid color-mix(in srgb,var(--tone) 28%,transparent);padding-top:11px}
dt{color:var(--soft);font-size:13px}
.facts dd{font-weight:600;overflow-wrap:anywhere}
.finding{border-left:4px solid var(--tone);padding:2px 0 2px 16px;margin-top:16px}
h3{font-size:16px;line-height:1.35;overflow-wrap:anywhere}
.tags{color:var(--soft);font-size:14px;margin:4px 0 8px}
.finding dl{display:grid;grid-template-columns:84px minmax(0,1fr);gap:5px 12px}
.finding dt{line-height:1.75}
.finding dd{overflow-wrap:anywhere}
.rows{background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:6px 10px;overflow-x:auto}
.rows code{white-space:pre}
.finding+details{margin-top:16px}
details>.finding{margin-top:14px}
summary{cursor:pointer;font-weight:600}
.line{display:flex;flex-wrap:wrap;gap:0 16px;align-items:baseline}
.line h2{margin:0}
.line+*{margin-top:12px}
.checks{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(280px,100%),1fr));gap:0 24px}
.checks li{display:flex;gap:10px;padding:5px 0;overflow-wrap:anywhere}
.checks .mark{margin-top:3px}
.checks li>span{min-width:0;font-size:14px;color:var(--soft)}
.checks strong{color:var(--ink);font-size:15px}
.status{color:var(--tone);font-weight:600}
.transitions li{display:grid;grid-template-columns:auto minmax(0,1fr);gap:10px;padding:3px 0;font-size:14px;overflow-wrap:anywhere}
.transitions time{white-space:nowrap;color:var(--soft);font-variant-numeric:tabular-nums}
.scroll{position:relative;overflow-x:auto;margin-top:12px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--soft);padding-bottom:4px}
th,td{text-align:left;padding:5px 14px 5px 0;border-top:1px solid var(--line);vertical-align:top;font-variant-numeric:tabular-nums}
thead th{color:var(--soft);font-weight:500}
.matrix td.bad{background:var(--tint)}
.matrix td,.matrix th{padding:6px 12px;white-space:nowrap}
.signs{display:flex;gap:9px;font-size:16px}
.signs span,.legend span,.sub.missing,.sub.one-sided,.sub.troubled{color:var(--tone,var(--soft))}
.sub{display:block;font-weight:400;color:var(--soft);font-size:13px}
.legend{font-size:13px;margin-top:8px}
.legend span{margin-right:10px}
.inline{width:14px;height:14px;vertical-align:-1px}
footer{display:flex;gap:4px 24px;justify-content:space-between;flex-wrap:wrap;color:var(--soft);font-size:14px;padding:4px 2px}
nav a+a{margin-left:12px}
@media (max-width:520px){body{padding:12px 10px 24px}.verdict{padding:14px 14px;gap:10px 12px}.verdict>.mark{width:36px;height:36px}.why{font-size:15px}
.who span{margin-left:0;display:block}main>section{padding:12px 13px}.finding dl{grid-template-columns:minmax(0,1fr);gap:0}.finding dd{margin-bottom:6px}.facts{gap:6px 22px}}
@media print{main>section{break-inside:avoid}}
${pictureStyle}
${graphStyle}`;
