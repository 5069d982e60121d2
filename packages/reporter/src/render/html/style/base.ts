/** Type and rhythm of every page: notebooks and indexes. */
export const BASE_STYLE: string = `
*, ::before, ::after { box-sizing: border-box; }
html {
  font: 100%/1.6 system-ui, -apple-system, 'Segoe UI', 'Source Sans 3', 'Noto Sans', 'Helvetica Neue', sans-serif;
  background: var(--page);
  color: var(--ink);
  scroll-padding-top: 4.5rem;
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
}
body { margin: 0; overflow-wrap: break-word; }
a { color: var(--accent); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
h1, h2, h3, h4, h5, h6 {
  margin: 2.2em 0 .6em;
  line-height: 1.22;
  font-weight: 650;
  letter-spacing: -.011em;
  text-wrap: balance;
  overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: clamp(1.8rem, 1.3rem + 2.2vw, 2.6rem); letter-spacing: -.022em; }
h2 { font-size: 1.55rem; }
h3 { font-size: 1.24rem; }
h4 { font-size: 1.08rem; }
h5, h6 { font-size: 1rem; }
pre, code, kbd, samp {
  font-family: ui-monospace, 'JetBrains Mono', SFMono-Regular, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  font-feature-settings: 'calt' 0;
}
pre { margin: 0; font-size: .815rem; line-height: 1.58; overflow-x: auto; tab-size: 2; }
img, video, svg { max-width: 100%; height: auto; }
button { font: inherit; color: inherit; }
summary { cursor: pointer; }

.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 9; background: var(--raised); padding: .5rem 1rem; }
.bar {
  position: sticky;
  top: 0;
  z-index: 5;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: .3rem 1rem;
  padding: .55rem max(1.25rem, calc(50vw - 38rem));
  font-size: .875rem;
  background: color-mix(in srgb, var(--page) 90%, transparent);
  backdrop-filter: blur(10px);
  border-bottom: 1px solid var(--line);
}
.crumbs { flex: 1 1 8rem; min-width: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; color: var(--soft); }

.crumbs b { font-weight: 550; color: var(--ink); }
.links { display: flex; gap: .9rem; }
.links a { text-decoration: none; }
.links a:hover { text-decoration: underline; }
.theme {
  flex: none;
  width: 2rem;
  height: 2rem;
  padding: 0;
  border: 1px solid var(--line);
  border-radius: 50%;
  background: var(--raised);
  line-height: 1;
  cursor: pointer;
}

.title { margin-bottom: 2rem; }
.eyebrow { margin: 0 0 .35rem; color: var(--faint); font-size: .875rem; overflow-wrap: anywhere; }
.facts {
  display: flex;
  flex-wrap: wrap;
  gap: .3rem 1rem;
  align-items: center;
  margin: .9rem 0 0;
  color: var(--soft);
  font-size: .9375rem;
}
.status {
  display: inline-flex;
  align-items: center;
  gap: .4em;
  padding: .08em .7em;
  border-radius: 1em;
  font-weight: 600;
  font-size: .875em;
  background: var(--sunken);
  color: var(--soft);
}
.status::before { content: ''; width: .5em; height: .5em; border-radius: 50%; background: currentColor; }
.status.passed { background: var(--good-back); color: var(--good); }
.status.failed, .status.killed { background: var(--bad-back); color: var(--bad); }
.status.running, .status.cancelled { background: var(--wait-back); color: var(--wait); }
.notice { margin: 0 0 1.5rem; padding: .8rem 1.1rem; border-radius: 10px; background: var(--wait-back); color: var(--wait); overflow-wrap: anywhere; }
.size, .time, .place { color: var(--faint); font-size: .8125rem; font-variant-numeric: tabular-nums; }

table { border-collapse: collapse; font-size: .9rem; line-height: 1.45; font-variant-numeric: tabular-nums; }
th, td { padding: .42rem .8rem; vertical-align: top; border-bottom: 1px solid var(--line); }
th:not([align]), td:not([align]) { text-align: start; }
thead th { font-weight: 600; border-bottom: 1.5px solid var(--strong-line); white-space: nowrap; }
th.number, td.number { text-align: end; }
tbody th { font-weight: 550; }
td.none { color: var(--faint); }
tbody tr:hover { background: var(--sunken); }
.scroll { overflow-x: auto; }

.command { display: flex; align-items: stretch; border: 1px solid var(--line); border-radius: 10px; background: var(--sunken); overflow: hidden; }
.command pre { flex: 1; min-width: 0; padding: .75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--ink); }
.command .word { display: inline-block; max-width: 100%; }
.command button { flex: none; min-width: 4.5rem; border: 0; border-inline-start: 1px solid var(--line); background: none; font-size: .875rem; color: var(--accent); cursor: pointer; }
.command button:hover { background: var(--raised); }
.command button[hidden] { display: none; }

@media (max-width: 44rem) {
  .links:has(:nth-child(3)) { order: 1; flex-basis: 100%; }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
  .status.running::before { animation: pulse 1.6s ease-in-out infinite; }
  @keyframes pulse { 50% { opacity: .25; } }
}
@media print {
  @page { margin: 16mm 15mm; }
  html { font-size: 10.5pt; background: #fff; }
  .bar, .skip, .theme, .command button { display: none; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  tr, pre, figure { break-inside: avoid; }
  .status, .tag, .notice, .error { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1, h2, h3, h4 { break-after: avoid; }
}
`
