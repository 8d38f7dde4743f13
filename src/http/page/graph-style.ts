/** Style of the ensemble's graph and of the timeline; states differ in stroke and place as well as in colour. */
export const graphStyle = `
.graph svg{display:block;width:100%;height:auto}
.graph>.narrow{display:none;max-width:420px;margin:0 auto}
@media (max-width:800px){.graph>.wide{display:none}.graph>.narrow{display:block}}
.graph text{fill:var(--ink);font-size:12px}
.node rect{fill:var(--card);stroke:var(--tone,var(--odd));stroke-width:2}
.node .name{font-size:13.5px;font-weight:600}
.node .state{fill:var(--tone,var(--odd))}
.narrow .node .name{font-size:12.5px}
.narrow .node .state{font-size:11px}
.node.self rect{stroke-width:4;fill:var(--tint)}
.node.absent rect,.node.silent rect,.node.unknown rect{stroke-dasharray:6 4}
.node.absent .state,.node.out .state{font-weight:600}
.graph .tag{fill:var(--soft);font-size:11px}
.edge{--stroke:var(--good)}
.edge>path{stroke:var(--stroke);stroke-width:2.5;fill:none}
.edge.spare>path{stroke:var(--faint);stroke-width:1.2;stroke-dasharray:2 4}
.edge.missing{--stroke:var(--bad)}
.edge.missing>path{stroke-dasharray:3 6}
.edge.troubled,.edge.one-sided{--stroke:var(--warn)}
.edge.troubled>path{stroke-dasharray:10 5}
.edge text{fill:var(--soft);paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round}
.edge.missing text,.edge.troubled text,.edge.one-sided text{fill:var(--stroke);font-weight:600}
.commands li{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center;margin-top:8px}
.commands code{background:var(--bg);border:1px solid var(--line);border-radius:5px;padding:3px 8px;overflow-wrap:anywhere;min-width:0}
button{font:inherit;font-size:13px;color:var(--link);background:none;border:1px solid var(--line);border-radius:5px;padding:2px 10px;cursor:pointer}
[data-stream=none] button{display:none}
.timeline{display:flex;flex-wrap:wrap;gap:4px 6px;align-items:center}
.timeline input{position:absolute;opacity:0;pointer-events:none}
.timeline label{font-size:13px;border:1px solid var(--line);border-radius:5px;padding:2px 10px;cursor:pointer;color:var(--soft)}
.timeline input:checked+label{border-color:var(--link);color:var(--ink);font-weight:600}
.timeline input:focus-visible+label{outline:2px solid var(--link);outline-offset:2px}
.timeline button{margin-left:auto}
.rows-of-time{flex:1 0 100%;display:grid;grid-template-columns:minmax(48px,max-content) minmax(0,1fr);gap:5px 12px;align-items:center;margin-top:6px}
.rows-of-time .name{font-size:13px;max-width:180px;overflow-wrap:anywhere;line-height:1.25}
.track{position:relative;overflow:hidden;height:20px;background:var(--bg);border-radius:3px}
.track svg{display:block;width:200%;height:20px;margin-left:-100%}
#span-30:checked~.rows-of-time .track svg{width:100%;margin-left:0}
.track path,.swatch path{fill:none;stroke:var(--tone,var(--odd));stroke-width:12;vector-effect:non-scaling-stroke}
path.settling{stroke-width:8}
path.unknown{stroke-width:3;stroke-dasharray:2 4}
path.silent{stroke-width:4;stroke-dasharray:7 4}
path.out{stroke-width:6}
path.absent{stroke-width:3;stroke-dasharray:3 2}
.track path.leads,.swatch path.leads{stroke:var(--star,#b37400);stroke-width:3;stroke-dasharray:none}
.moment{position:absolute;top:0;bottom:0;width:0;border-left:2px solid var(--ink)}
.scale{display:flex;justify-content:space-between;font-size:13px;color:var(--soft)}
.when-30,#span-30:checked~.rows-of-time .when-15{display:none}
#span-30:checked~.rows-of-time .when-30{display:inline}
.stage{white-space:nowrap}
.swatch{width:20px;height:18px;vertical-align:-4px;margin-right:5px}
#span-15:focus-visible+label{outline-offset:2px}
.transitions li:target{background:var(--settle-tint);outline:2px solid var(--settle);border-radius:4px}
@media (max-width:520px){.rows-of-time{grid-template-columns:minmax(0,76px) minmax(0,1fr);gap:5px 8px}}
@media print{button,#pages,.timeline label,[data-stream] #stream,details:not([open]){display:none}}`;
