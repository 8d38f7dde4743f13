/** Style of the picture's lines and boxes; states differ in stroke as well as in colour. */
export const pictureStyle = `
.picture svg{display:block;width:100%;height:auto}
.picture>.narrow{display:none;max-width:420px;margin:0 auto}
@media (max-width:800px){.picture>.wide{display:none}.picture>.narrow{display:block}}
.picture text{fill:var(--ink);font-size:12px}
.picture figcaption{color:var(--soft);margin-top:8px}
.peer rect,.member rect{fill:var(--card);stroke:var(--edge,var(--faint));stroke-width:1.5}
.peer .name,.member .name{font-size:13.5px;font-weight:600}
.peer .address{font-family:var(--mono);fill:var(--soft)}
.peer .status{fill:var(--soft)}
.peer.linked{--edge:var(--good)}
.peer.missing rect,.peer.unknown rect{stroke-dasharray:5 4}
.peer.missing{--edge:var(--bad)}
.peer.missing .status,.peer.stalled .status{fill:var(--bad);font-weight:600}
.peer.stalled{--edge:var(--bad)}
.peer.connecting,.peer.stranger{--edge:var(--warn)}
.peer.connecting .status,.peer.stranger .status{fill:var(--warn);font-weight:600}
.member>rect{stroke:var(--tone);stroke-width:3;fill:var(--tint)}
.member .role{font-size:21px;font-weight:700}
.star{fill:var(--star,#b37400)}
@media (prefers-color-scheme:dark){.star{fill:#f4c35a}}
.port .port-name{font-size:13.5px;font-weight:600}
.port .detail{fill:var(--soft)}
.port circle{stroke:var(--tone,var(--faint));fill:none;stroke-width:2}
.port.quiet{--tone:var(--faint)}
.port .open{fill:var(--tone)}
.port.fail .detail,.port.warn .detail{fill:var(--tone);font-weight:600}
.lock path{fill:none;stroke:var(--soft);stroke-width:1.6}
.lock rect{fill:var(--soft)!important;stroke:none!important}
.lane{--stroke:var(--good)}
.lane .line{fill:none;stroke:var(--stroke);stroke-width:2.5}
.lane .arrow{fill:var(--stroke)}
.lane text{fill:var(--soft)}
.lane .detail{fill:var(--stroke);font-weight:600}
.lane.stalled{--stroke:var(--bad)}
.lane.stalled .line{stroke-width:3;stroke-dasharray:11 5}
.lane.connecting{--stroke:var(--warn)}
.lane.connecting .line{stroke-dasharray:5 5}
.lane.missing{--stroke:var(--bad)}
.lane.missing .line{stroke-width:2;stroke-dasharray:2 6}
.lane.idle,.lane.unknown,.lane.closing{--stroke:var(--soft)}
.lane.idle .line,.lane.unknown .line{stroke-width:1.5;stroke-dasharray:1.5 6;stroke-linecap:round}
.lane.idle .detail,.lane.hidden .detail,.lane.up .detail{font-weight:400}
.lane.up .detail{fill:var(--soft)}
.lane.closing .line{stroke-dasharray:8 8}
.lane.hidden .line{stroke-dasharray:14 3}
.sign circle{fill:var(--card);stroke:var(--stroke);stroke-width:2}
.connecting .sign path{stroke-width:3}
.sign path{fill:none;stroke:var(--stroke);stroke-width:2.2;stroke-linecap:round}
.band{fill:var(--odd-tint);stroke:var(--odd)}
.picture .band-name{fill:var(--odd);font-size:11px;font-weight:600;letter-spacing:.03em}
.spine{fill:none;stroke:var(--faint);stroke-width:2}`;
